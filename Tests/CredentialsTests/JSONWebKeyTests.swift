import Credentials
import Crypto
import Testing
import WireFormats

@Suite struct JSONWebKeyTests {
  private static func key(_ text: String) throws -> JSONWebKey { try JSONWebKey(JSONParser.parse(Array(text.utf8))) }

  // RFC 7638 §3.1, and RFC 8037 Appendix A.3.
  @Test(arguments: [
    (
      #"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    ),
    (
      #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    ),
  ])
  func thumbprint(text: String, thumbprint: String) throws {
    #expect(Base64.encodeURL(try Self.key(text).thumbprint) == thumbprint)
  }

  private static func jws(_ algorithm: String, signature: (([UInt8]) throws -> [UInt8])) throws -> FlattenedJWS {
    let header = Base64.encodeURL(#"{"alg":"\#(algorithm)","kid":"k","url":"u"}"#.utf8)
    let signature = try signature(Array("\(header).e30".utf8))
    return try FlattenedJWS(
      parsing: Array(
        #"{"protected":"\#(header)","payload":"e30","signature":"\#(Base64.encodeURL(signature))"}"#.utf8))
  }

  @Test func signaturesAndTheirKeys() throws {
    let (p256, p384, ed) = (P256.Signing.PrivateKey(), P384.Signing.PrivateKey(), Curve25519.Signing.PrivateKey())
    let point = [UInt8](p256.publicKey.rawRepresentation)
    let key256 = try JSONWebKey.ec(.p256, x: Array(point.prefix(32)), y: Array(point.suffix(32))).publicKey()
    let wide = [UInt8](p384.publicKey.rawRepresentation)
    let key384 = try JSONWebKey.ec(.p384, x: Array(wide.prefix(48)), y: Array(wide.suffix(48))).publicKey()
    let keyEd = try JSONWebKey.ed25519([UInt8](ed.publicKey.rawRepresentation)).publicKey()
    let es256 = try Self.jws("ES256") { [UInt8](try p256.signature(for: $0).rawRepresentation) }
    let es384 = try Self.jws("ES384") { [UInt8](try p384.signature(for: $0).rawRepresentation) }
    let edDSA = try Self.jws("EdDSA") { [UInt8](try ed.signature(for: $0)) }
    for (jws, own) in [(es256, key256), (es384, key384), (edDSA, keyEd)] {
      for key in [key256, key384, keyEd] { #expect(jws.isSigned(by: key) == (key == own)) }
    }
    // DER, as certificates have it, is no JWS signature; and the name of another algorithm does not help.
    let der = try Self.jws("ES256") { [UInt8](try p256.signature(for: $0).derRepresentation) }
    #expect(!der.isSigned(by: key256))
    let named = try Self.jws("ES384") { [UInt8](try p256.signature(for: $0).rawRepresentation) }
    #expect(!named.isSigned(by: key256))
  }

  @Test func pointsOffTheCurveAreRefused() throws {
    #expect(throws: PublicKeyError.self) {
      try JSONWebKey.ec(.p256, x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 2, count: 32)).publicKey()
    }
    #expect(throws: PublicKeyError.self) {
      try JSONWebKey.rsa(n: [0x81] + [UInt8](repeating: 1, count: 63), e: [1, 0, 1]).publicKey()
    }
  }

  @Test func authenticationCodes() throws {
    let key = [UInt8](repeating: 7, count: 32)
    let jws = try Self.jws("HS256") { input in
      HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: key)).withUnsafeBytes { Array($0) }
    }
    #expect(jws.isAuthenticated(withKey: key))
    #expect(!jws.isAuthenticated(withKey: [UInt8](repeating: 8, count: 32)))
    // A MAC is no signature, whatever key is at hand.
    let ed = Curve25519.Signing.PrivateKey()
    #expect(!jws.isSigned(by: try JSONWebKey.ed25519([UInt8](ed.publicKey.rawRepresentation)).publicKey()))
  }
}

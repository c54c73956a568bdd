import Credentials
import Crypto
import Issuance
import WireFormats

/// A secure-element maker's manifest: JWS entries signed with ES256, as Microchip's Trust Platform writes them.
public struct SampleManifest: Sendable {
  public let authority: SmallAuthority
  let signer: P256.Signing.PrivateKey
  public let certificate: Certificate

  public init() throws {
    authority = try SmallAuthority(name: "Maker Root")
    signer = P256.Signing.PrivateKey()
    let key = try SubjectPublicKeyInfo(parsing: signer.publicKey.derRepresentation)
    certificate = try authority.issue("Log Signer", key: key, lifetime: .days(365))
  }

  func payload(_ serial: String, _ key: SubjectPublicKeyInfo) -> String {
    let point = Array(key.encoded.suffix(64))
    let (x, y) = (Base64.encodeURL(point.prefix(32)), Base64.encodeURL(point.suffix(32)))
    return #"""
      {"version":1,"model":"ATECC608B","partNumber":"ATECC608B-TFLXTLSS",
       "manufacturer":{"organizationName":"Microchip Technology Inc"},"groupId":"359S","uniqueId":"\#(serial)",
       "publicKeySet":{"keys":[{"kid":"0","kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}]}}
      """#
  }

  public func header(_ more: String = "") -> String {
    #"{"typ":"JWT","alg":"ES256","kid":"\#(Base64.encodeURL(certificate.subjectKeyIdentifier ?? []))","#
      + #""x5t#S256":"\#(Base64.encodeURL(certificate.fingerprint))"\#(more)}"#
  }

  public func entry(_ serial: String, _ key: SubjectPublicKeyInfo, header: String? = nil) throws -> SignedSecureElement
  {
    let protected = Base64.encodeURL(Array((header ?? self.header()).utf8))
    let body = Base64.encodeURL(Array(payload(serial, key).utf8))
    let signature = try signer.signature(for: Array("\(protected).\(body)".utf8)).rawRepresentation
    return SignedSecureElement(payload: body, protected: protected, signature: Base64.encodeURL(Array(signature)))
  }

  /// The file of a maker: an array, each entry with the unprotected header that Microchip's have.
  public static func file(_ entries: [SignedSecureElement]) -> String {
    let objects = entries.map { entry in
      #"{"payload":"\#(entry.payload)","protected":"\#(entry.protected)","header":{"uniqueId":"x"},"#
        + #""signature":"\#(entry.signature)"}"#
    }
    return "[" + objects.joined(separator: ",\n") + "]"
  }
}

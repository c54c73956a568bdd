import TestKit
import Testing
import WireFormats

@Suite struct JWSTests {
  static let header = #"{"alg":"ES256","kid":"https://e/acct/1","nonce":"bm9uY2U","url":"https://e/new-order"}"#

  static func body(header: String = header, payload: String = "{}", signature: [UInt8] = [1, 2]) -> String {
    #"{"protected":"\#(Base64.encodeURL(header.utf8))","payload":"\#(Base64.encodeURL(payload.utf8))","signature":"\#(Base64.encodeURL(signature))"}"#
  }

  @Test func readsAFlattenedOne() throws {
    let jws = try FlattenedJWS(parsing: Array(Self.body().utf8))
    #expect(jws.header.algorithm == .es256)
    #expect(jws.header.signer == .identifier("https://e/acct/1"))
    #expect(jws.header.nonce == "bm9uY2U")
    #expect(jws.header.url == "https://e/new-order")
    #expect(jws.payload == Array("{}".utf8))
    #expect(jws.signature == [1, 2])
    #expect(jws.signingInput == Array((Base64.encodeURL(Self.header.utf8) + "." + Base64.encodeURL("{}".utf8)).utf8))
  }

  // RFC 8555 §6.2: one signature, no unprotected header, exactly one of jwk and kid, and url.
  @Test(arguments: [
    ("no JSON", "["), ("an array", "[]"), ("nothing in it", "{}"),
    ("an unprotected header", body().replacing("{\"protected\"", with: "{\"header\":{},\"protected\"")),
    ("general serialization", #"{"payload":"","signatures":[]}"#),
    ("padding", body().replacing("\"payload\":\"e30\"", with: "\"payload\":\"e30=\"")),
    ("stray bits", body().replacing("\"payload\":\"e30\"", with: "\"payload\":\"e31\"")),
    ("no url", body(header: #"{"alg":"ES256","kid":"a"}"#)),
    ("both signers", body(header: #"{"alg":"ES256","kid":"a","jwk":{"kty":"OKP","crv":"Ed25519","x":""},"url":"u"}"#)),
    ("no signer", body(header: #"{"alg":"ES256","url":"u"}"#)),
    ("no algorithm", body(header: #"{"kid":"a","url":"u"}"#)),
    ("none", body(header: #"{"alg":"none","kid":"a","url":"u"}"#)),
    ("crit", body(header: #"{"alg":"ES256","kid":"a","url":"u","crit":["x"],"x":1}"#)),
    ("b64", body(header: #"{"alg":"ES256","kid":"a","url":"u","b64":false}"#)),
    ("algorithm twice", body(header: #"{"alg":"ES256","alg":"none","kid":"a","url":"u"}"#)),
  ])
  func refuses(what: String, text: String) {
    #expect(throws: JOSEError.self, "\(what)") { try FlattenedJWS(parsing: Array(text.utf8)) }
  }

  @Test func isBounded() {
    let large = Self.body(payload: String(repeating: "x", count: FlattenedJWS.maximumSize))
    #expect(throws: JOSEError.tooLarge) { try FlattenedJWS(parsing: Array(large.utf8)) }
  }

  @Test func survivesWhatIsDamaged() {
    for damaged in Mutations(of: Array(Self.body().utf8), count: 5000) { _ = try? FlattenedJWS(parsing: damaged) }
  }

  @Test(arguments: [
    #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, #"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#,
    #"{"kty":"oct","k":"AA"}"#, #"{"kty":"RSA","n":"AAEC","e":"AQAB"}"#, #"{"kty":"RSA","n":"AQ","e":"AA"}"#,
    #"{"x":1}"#,
    #"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    // RFC 8037 Appendix A.1: the private key with it.
    #"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
  ])
  func refusesKeys(text: String) throws {
    let value = try JSONParser.parse(Array(text.utf8))
    #expect(throws: JOSEError.self) { try JSONWebKey(value) }
  }
}

/// A JWS in flattened JSON serialization (RFC 7515 §7.2.2), as RFC 8555 §6.2 narrows it: one signature, everything in the
/// protected header. Nothing of it is believed before its signature is checked.
public struct FlattenedJWS: Hashable, Sendable {
  /// Octets. A finalize request with a large CSR, and an attestation with its chain, stay well under it.
  public static let maximumSize = 65_536

  public let header: JWSHeader
  public let payload: [UInt8]
  public let signature: [UInt8]
  /// What is signed (RFC 7515 §5.1): both parts in base64url, with a dot between.
  public let signingInput: [UInt8]

  public init(parsing body: [UInt8]) throws(JOSEError) {
    guard body.count <= Self.maximumSize else { throw .tooLarge }
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(body) } catch { throw .notJSON(error) }
    try self.init(value)
  }

  /// One inside another's payload: an account binding or a key change.
  public init(_ value: JSONValue) throws(JOSEError) {
    guard let members = value.members else { throw .member("protected") }
    // RFC 8555 §6.2: no unprotected header, no several signatures; nothing else is known here.
    if let other = members.first(where: { !["protected", "payload", "signature"].contains($0.key) }) {
      throw .member(String(other.key.prefix(64)))
    }
    let protected = try Self.text("protected", of: value)
    let encodedPayload = try Self.text("payload", of: value)
    header = try JWSHeader(parsing: try Self.decoded(protected, "protected"))
    payload = try Self.decoded(encodedPayload, "payload")
    signature = try Self.decoded(try Self.text("signature", of: value), "signature")
    signingInput = Array(protected.utf8) + [UInt8(ascii: ".")] + Array(encodedPayload.utf8)
  }

  private static func text(_ name: String, of value: JSONValue) throws(JOSEError) -> String {
    guard let text = value[name]?.text else { throw .member(name) }
    return text
  }

  private static func decoded(_ text: String, _ name: String) throws(JOSEError) -> [UInt8] {
    guard let octets = Base64.decodeJOSE(text) else { throw .notBase64URL(name) }
    return octets
  }
}

/// The protected header of an ACME request (RFC 8555 §6.2).
public struct JWSHeader: Hashable, Sendable {
  /// Who signs: RFC 8555 §6.2 has exactly one of `jwk` and `kid`.
  public enum Signer: Hashable, Sendable {
    case key(JSONWebKey)
    case identifier(String)
  }

  public let algorithm: JWSAlgorithm
  public let signer: Signer
  /// Absent in the inner JWS of a binding and of a key change.
  public let nonce: String?
  public let url: String

  init(parsing octets: [UInt8]) throws(JOSEError) {
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(octets) } catch { throw .notJSON(error) }
    // RFC 7515 §4.1.11: an extension that must be understood and is not. RFC 7797 is one.
    for name in ["crit", "b64"] where value[name] != nil { throw .member(name) }
    guard let name = value["alg"]?.text else { throw .member("alg") }
    guard let algorithm = JWSAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm(String(name.prefix(32))) }
    self.algorithm = algorithm
    switch (value["jwk"], value["kid"]) {
    case (let key?, nil): signer = .key(try JSONWebKey(key))
    case (nil, .string(let identifier)?): signer = .identifier(identifier)
    default: throw .member("kid")
    }
    if let nonce = value["nonce"] {
      // RFC 8555 §6.5.2: base64url.
      guard let text = nonce.text else { throw .member("nonce") }
      self.nonce = text
    } else {
      nonce = nil
    }
    guard let url = value["url"]?.text else { throw .member("url") }
    self.url = url
  }
}

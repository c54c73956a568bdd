import Credentials
import WireFormats

/// An attestation result as an EAT (RFC 9711) in the form of a signed JWT (RFC 7519, RFC 7515 §3.1).
public struct EntityAttestationToken: Sendable {
  /// What `eat_profile` says (RFC 9711 §4.3.2): these claims, and this meaning of `touchmark_status`.
  public static let profile = "tag:touchmark,2026:attestation-result:1"
  /// Octets of a token that is read.
  public static let largest = 65_536

  /// `kid` of tokens that this key signs.
  public static func keyID(of key: SubjectPublicKeyInfo) -> String { Base64.encodeURL(key.keyIdentifier) }

  /// What is signed (RFC 7515 §5.1).
  public let signingInput: [UInt8]
  private let algorithm: SignatureAlgorithm

  /// - Parameter key: That signs; P-256, P-384, Ed25519 or RSA.
  public init(_ result: AttestationResult, signedBy key: SubjectPublicKeyInfo) {
    algorithm = key.algorithm.signatureAlgorithm
    let header: JSONValue = [
      "alg": .string(Self.name(algorithm)), "typ": "eat+jwt", "kid": .string(Self.keyID(of: key)),
    ]
    signingInput = Array((Self.part(header) + "." + Self.part(Self.claims(result))).utf8)
  }

  /// The token, with a signature as X.509 carries it (`Signer.sign`); nil when it cannot be one of that key.
  public func token(signature: [UInt8]) -> String? {
    let raw: [UInt8]?
    switch algorithm {
    case .ecdsaWithSHA256: raw = ECDSASignatureValue.raw(signature[...], coordinate: 32)
    case .ecdsaWithSHA384: raw = ECDSASignatureValue.raw(signature[...], coordinate: 48)
    default: raw = signature
    }
    return raw.map { String(decoding: signingInput, as: UTF8.self) + "." + Base64.encodeURL($0) }
  }

  private static func claims(_ result: AttestationResult) -> JSONValue {
    let results = result.measurements.map { JSONValue.array([.string($0.name), .string($0.comparison.rawValue)]) }
    var claims: [JSONValue.Member] = [
      .init("iss", .string(result.issuer)), .init("sub", .string(result.subject)),
      .init("iat", .integer(result.issuedAt.seconds)),
      .init("exp", .integer(result.expiresAt.seconds)),
      .init("eat_profile", .string(profile)), .init("eat_nonce", .string(Base64.encodeURL(result.nonce))),
      .init("touchmark_status", .string(result.status.rawValue)),
      .init("touchmark_reasons", .array(result.reasons.map { .string($0) })),
    ]
    if let serial = result.serial { claims.append(.init("touchmark_serial", .string(serial))) }
    // RFC 9711 §4.2.7.
    if let version = result.firmwareVersion { claims.append(.init("swversion", [.string(version)])) }
    // RFC 9711 §4.2.16: at least one group of at least one result.
    if !results.isEmpty { claims.append(.init("measres", [.array([.string("tpm-pcr"), .array(results)])])) }
    return .object(claims)
  }

  private static func part(_ value: JSONValue) -> String { Base64.encodeURL(Array(value.written().utf8)) }

  private static func name(_ algorithm: SignatureAlgorithm) -> String {
    switch algorithm {
    case .ecdsaWithSHA384: "ES384"
    case .ed25519: "EdDSA"
    case .rsaPKCS1WithSHA256, .rsaPKCS1WithSHA384, .rsaPKCS1WithSHA512, .rsaPSSWithSHA256: "RS256"
    case .ecdsaWithSHA256, .ecdsaWithSHA512: "ES256"
    }
  }
}

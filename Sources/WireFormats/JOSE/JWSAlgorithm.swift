/// Signature and MAC algorithms of JWS (RFC 7518 §3.1, RFC 8037 §3.1) that are taken here.
public enum JWSAlgorithm: String, Hashable, Sendable, CaseIterable {
  case es256 = "ES256"
  case es384 = "ES384"
  case edDSA = "EdDSA"
  case rs256 = "RS256"
  /// A MAC, for external account binding alone (RFC 8555 §7.3.4).
  case hs256 = "HS256"

  public var isMAC: Bool { self == .hs256 }
}

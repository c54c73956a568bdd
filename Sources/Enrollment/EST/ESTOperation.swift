/// The operations of RFC 7030 §3.2.2, by the last segment of their address.
public enum ESTOperation: String, Hashable, Sendable, CaseIterable {
  case cacerts, simpleenroll, simplereenroll, csrattrs
  /// For profiles that allow it (§4.4).
  case serverkeygen
  /// Optional in the standard (§4.3) and not offered.
  case fullcmc

  /// RFC 7030 §4: what changes state, or carries a message, is a POST.
  public var isPost: Bool {
    switch self {
    case .cacerts, .csrattrs: false
    case .simpleenroll, .simplereenroll, .fullcmc, .serverkeygen: true
    }
  }
}

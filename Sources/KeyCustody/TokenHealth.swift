/// How a token stands, for those who watch: nothing in it is secret.
public struct TokenHealth: Hashable, Sendable {
  /// The token's own part of its URI, such as `pkcs11:token=Issuing`.
  public var token: String
  /// Nil while the token signs; else why not, in words for an operator.
  public var obstacle: String?
  /// Sessions that are open now, of at most `maximumSessions`.
  public var sessions: Int
  public var maximumSessions: Int
  /// Requests that wait for a session.
  public var waiting: Int
  /// Since the process started.
  public var signatures: UInt64
  public var failures: UInt64
  /// How often sessions were opened anew after the token was lost.
  public var reconnections: UInt64

  public init(
    token: String, obstacle: String? = nil, sessions: Int = 0, maximumSessions: Int, waiting: Int = 0,
    signatures: UInt64 = 0, failures: UInt64 = 0, reconnections: UInt64 = 0
  ) {
    (self.token, self.obstacle, self.sessions) = (token, obstacle, sessions)
    (self.maximumSessions, self.waiting) = (maximumSessions, waiting)
    (self.signatures, self.failures, self.reconnections) = (signatures, failures, reconnections)
  }
}

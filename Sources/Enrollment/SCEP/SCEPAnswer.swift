import Issuance

/// What SCEP answers over HTTP (RFC 8894 §4); the transport adds nothing but its framing.
public struct SCEPAnswer: Hashable, Sendable {
  public let status: Int
  public let contentType: String
  public let body: [UInt8]
  /// Seconds.
  public let retryAfter: Int?
  /// Why nothing was issued, for the log; what the client is told of it is in `body`.
  public let refusal: Refusal?
  /// The name that the client's own certificate claims, for the log. Nobody has checked it.
  public let claimedName: String?

  init(
    status: Int = 200, contentType: String, body: [UInt8], retryAfter: Int? = nil, refusal: Refusal? = nil,
    claimedName: String? = nil
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.retryAfter = retryAfter
    self.refusal = refusal
    self.claimedName = claimedName
  }

  /// One line of text.
  public static func text(
    _ status: Int, _ line: String, retryAfter: Int? = nil, refusal: Refusal? = nil, claimedName: String? = nil
  ) -> SCEPAnswer {
    SCEPAnswer(
      status: status, contentType: "text/plain; charset=utf-8",
      body: line.utf8.map { $0 < 0x20 ? 0x20 : $0 } + [0x0A], retryAfter: retryAfter, refusal: refusal,
      claimedName: claimedName)
  }

  /// A refusal outside any transaction.
  public init(_ refusal: Refusal) {
    let status: Int =
      switch refusal.code {
      case .badRequest, .proofOfPossession, .policy: 400
      case .unauthenticated, .forbidden, .suspended, .retired, .revoked, .expired, .exhausted, .keyReuse: 403
      case .notFound: 404
      case .conflict: 409
      case .throttled: 429
      case .unavailable, .pendingApproval: 503
      }
    let hint = refusal.hint.map { "; \($0)" } ?? ""
    self = .text(
      status, refusal.reason + hint, retryAfter: status == 503 || status == 429 ? 5 : nil, refusal: refusal)
  }
}

import Issuance

extension ESTAnswer {
  /// A refusal in EST's vocabulary, which is HTTP's (RFC 7030 §4.2.3). What the log is told of it is not here.
  /// - Parameter retryAfter: seconds, where the door knows better than the usual.
  public init(_ refusal: Refusal, retryAfter: Int? = nil) {
    let line = Self.line(refusal)
    let retryAfter = retryAfter ?? refusal.retryAfter
    switch refusal.code {
    case .badRequest, .proofOfPossession, .policy:
      self = .text(400, line)
    case .unauthenticated:
      // RFC 7030 §3.2.3: the challenge names the scheme that would do.
      self = .text(401, line, challenge: #"Basic realm="touchmark""#)
    case .forbidden, .suspended, .retired, .revoked, .expired, .exhausted, .keyReuse:
      self = .text(403, line)
    case .notFound:
      self = .text(404, line)
    case .conflict:
      self = .text(409, line)
    case .throttled:
      self = .text(429, line, retryAfter: retryAfter ?? 60)
    case .unavailable:
      self = .text(503, line, retryAfter: retryAfter ?? 5)
    case .pendingApproval:
      // RFC 7030 §4.2.3: 202 with Retry-After; the client sends the same request again.
      self = .text(202, line, retryAfter: retryAfter ?? 60)
    }
  }

  private static func line(_ refusal: Refusal) -> String {
    let rule = refusal.rule.map { " (rule \($0))" } ?? ""
    let hint = refusal.hint.map { "; \($0)" } ?? ""
    return refusal.reason + rule + hint
  }
}

import Issuance

/// How a request ends in SCEP's vocabulary.
enum SCEPOutcome {
  /// The client polls (RFC 8894 §2.2).
  case pending
  case failure(SCEPFailInfo)
  /// In HTTP's words: a FAILURE would make the client give up what may succeed in a while.
  case transport(status: Int, retryAfter: Int)

  init(_ refusal: Refusal) {
    switch refusal.code {
    case .pendingApproval:
      self = .pending
    case .proofOfPossession:
      self = .failure(.badMessageCheck)
    // RFC 8894 §3.2.1.4.5: "transaction not permitted or supported".
    case .badRequest, .unauthenticated, .forbidden, .notFound, .conflict, .policy, .suspended, .retired, .revoked,
      .expired, .exhausted, .keyReuse:
      self = .failure(.badRequest)
    case .throttled:
      self = .transport(status: 429, retryAfter: refusal.retryAfter ?? 60)
    case .unavailable:
      self = .transport(status: 503, retryAfter: refusal.retryAfter ?? 5)
    }
  }
}

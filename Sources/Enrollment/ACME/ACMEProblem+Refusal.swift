import Issuance
import Registry
import WireFormats

extension ACMEProblem {
  /// A refusal in ACME's vocabulary. What the log is told of it is not in the document.
  public init(_ refusal: Refusal) {
    let line = Self.line(refusal)
    switch refusal.code {
    case .badRequest: self.init(.malformed, line)
    case .proofOfPossession: self.init(.badCSR, line)
    case .policy: self.init(Self.concernsNames(refusal) ? .rejectedIdentifier : .badCSR, line)
    case .keyReuse: self.init(.badPublicKey, line)
    case .unauthenticated, .forbidden, .suspended, .retired, .revoked, .expired, .exhausted:
      self.init(.unauthorized, line)
    case .notFound: self.init(.malformed, line, status: 404)
    case .conflict: self.init(.unauthorized, line, status: 409)
    case .throttled: self.init(.rateLimited, line)
    case .unavailable: self.init(.serverInternal, line, status: 503)
    case .pendingApproval: self.init(.orderNotReady, line)
    }
    logged = refusal.detail
    switch refusal.code {
    case .throttled, .unavailable, .pendingApproval: retryAfter = refusal.retryAfter ?? 5
    case .badRequest, .proofOfPossession, .policy, .keyReuse, .unauthenticated, .forbidden, .suspended, .retired,
      .revoked, .expired, .exhausted, .notFound, .conflict:
      break
    }
  }

  private static func concernsNames(_ refusal: Refusal) -> Bool {
    ["subject-alternative-name", "reserved-name"].contains(refusal.rule ?? "")
  }

  private static func line(_ refusal: Refusal) -> String {
    let rule = refusal.rule.map { " (rule \($0))" } ?? ""
    let hint = refusal.hint.map { "; \($0)" } ?? ""
    return refusal.reason + rule + hint
  }

  /// Whatever a handler or the store threw.
  static func from(_ error: any Error) -> ACMEProblem {
    if let problem = error as? ACMEProblem { return problem }
    return ACMEProblem(Refusal.from(error))
  }

  /// What could not be read of a request.
  init(_ error: JOSEError) {
    switch error {
    case .tooLarge, .notJSON, .member, .notBase64URL: self.init(.malformed, error.description)
    case .unsupportedAlgorithm: self.init(.badSignatureAlgorithm, error.description)
    case .unsupportedKey: self.init(.badPublicKey, error.description)
    }
  }
}

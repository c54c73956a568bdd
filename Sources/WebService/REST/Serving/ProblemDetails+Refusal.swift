import HTTPTypes
import Issuance
import Registry
import WireFormats

extension ProblemDetails {
  /// The one place where a refusal becomes HTTP's vocabulary (RFC 9110 §15) for the administration interface.
  init(_ refusal: Refusal) {
    let (status, code, retryAfter) = Self.vocabulary(refusal.code)
    self.init(
      status, code: code, refusal.reason, rule: refusal.rule, hint: refusal.hint,
      retryAfter: refusal.retryAfter ?? retryAfter)
  }

  private static func vocabulary(_ code: Refusal.Code) -> (HTTPResponse.Status, String, Int?) {
    switch code {
    case .badRequest: (.badRequest, "bad_request", nil)
    case .proofOfPossession: (.badRequest, "proof_of_possession", nil)
    case .unauthenticated: (.unauthorized, "unauthenticated", nil)
    case .forbidden: (.forbidden, "forbidden", nil)
    case .notFound: (.notFound, "not_found", nil)
    case .conflict: (.conflict, "conflict", nil)
    case .policy: (.unprocessableContent, "policy", nil)
    case .suspended: (.forbidden, "suspended", nil)
    case .retired: (.forbidden, "retired", nil)
    case .revoked: (.forbidden, "revoked", nil)
    case .expired: (.forbidden, "expired", nil)
    case .exhausted: (.forbidden, "exhausted", nil)
    case .keyReuse: (.conflict, "key_reuse", nil)
    case .throttled: (.tooManyRequests, "throttled", 60)
    case .unavailable: (.serviceUnavailable, "unavailable", 1)
    case .pendingApproval: (.accepted, "pending_approval", 60)
    }
  }

  /// Any failure of a handler. What is not meant for the client becomes `internal`, and is nil here.
  static func from(_ error: any Error) -> ProblemDetails? {
    switch error {
    case let problem as ProblemDetails: problem
    case let refusal as Refusal: ProblemDetails(refusal)
    case let failure as StoreError: ProblemDetails(Refusal.from(failure))
    case let violation as SchemaViolation: .badRequest(violation.description, hint: violation.hint)
    case let failure as JSONFailure: .badRequest(failure.description)
    case let failure as BodyFailure: ProblemDetails(failure)
    default: nil
    }
  }

  private init(_ failure: BodyFailure) {
    let code =
      switch failure {
      case .tooLarge: "body_too_large"
      case .incomplete: "bad_request"
      }
    self.init(failure.status, code: code, failure.explanation)
  }
}

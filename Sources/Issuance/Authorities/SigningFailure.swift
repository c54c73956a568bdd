import Credentials
import KeyCustody

extension Refusal {
  /// A key's home that does not answer is a passing fault to whoever asked.
  static func signing(_ error: SigningError) -> Refusal {
    switch error {
    case .unavailable(let why):
      Refusal(.unavailable, "the authority's key is away; ask again later", detail: "signing: \(why)")
    case .refused(let why):
      Refusal(.unavailable, "the authority's key did not sign", detail: "signing refused: \(why)")
    }
  }

  static func lint(_ failure: LintFailure) -> Refusal { .policy(failure.rule, failure.reason) }
}

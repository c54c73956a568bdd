import KeyCustody
import PKCS11

extension TokenError {
  /// As whoever asked for a signature learns it: what an operator can cure is a passing fault.
  var asSigningError: SigningError {
    switch self {
    case .away(let reason), .needsOperator(let reason), .keyMissing(let reason): .unavailable(reason)
    case .refused(let reason): .refused(reason)
    }
  }
}

/// Why a token did not do what was asked. The texts are for an operator and hold no secret.
public enum TokenError: Error, Hashable, Sendable {
  /// The token or its network went away; the same may succeed later, on a new session.
  case away(String)
  /// An operator has to do something first: the text says what.
  case needsOperator(String)
  /// The token is there and does not hold this key.
  case keyMissing(String)
  /// The token will not do this, now or later.
  case refused(String)

  public var reason: String {
    switch self {
    case .away(let reason), .needsOperator(let reason), .keyMissing(let reason), .refused(let reason): reason
    }
  }
}

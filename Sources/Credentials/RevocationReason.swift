/// CRLReason (RFC 5280 §5.3.1) under the names that the standard gives them.
public enum RevocationReason: Int, Sendable, Hashable, CaseIterable {
  case unspecified = 0
  case keyCompromise = 1
  case cACompromise = 2
  case affiliationChanged = 3
  case superseded = 4
  case cessationOfOperation = 5
  case certificateHold = 6
  case removeFromCRL = 8
  case privilegeWithdrawn = 9
  case aACompromise = 10

  /// The standard's identifier, as text in commands and JSON.
  public var name: String { String(describing: self) }

  public init?(name: some StringProtocol) {
    guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = reason
  }
}

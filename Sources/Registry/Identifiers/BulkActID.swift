/// Names an act on many.
public struct BulkActID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: `act-` and 60 random bits.
  public init(random: inout some RandomNumberGenerator) {
    rawValue = "act-" + IdentifierRule.random(characters: 12, using: &random)
  }
}

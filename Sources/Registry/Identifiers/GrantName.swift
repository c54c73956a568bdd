/// A grant's name: the user name that devices under a grant give at a door.
public struct GrantName: Identifier {
  public let rawValue: String

  /// 1 to 64 letters, digits, hyphens, dots and underscores, beginning with a letter or digit.
  public init?(rawValue: String) {
    guard IdentifierRule.isName(rawValue, upTo: 64) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: `grant-` and 50 random bits.
  public init(random: inout some RandomNumberGenerator) {
    rawValue = "grant-" + IdentifierRule.random(characters: 10, using: &random)
  }
}

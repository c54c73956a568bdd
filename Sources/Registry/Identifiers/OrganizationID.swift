/// The organization that a record belongs to. It never changes, while the organization's name may.
public struct OrganizationID: Identifier {
  public let rawValue: String

  /// 1 to 32 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 32) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: `org-` and 60 random bits.
  public init(random: inout some RandomNumberGenerator) {
    rawValue = "org-" + IdentifierRule.random(characters: 12, using: &random)
  }
}

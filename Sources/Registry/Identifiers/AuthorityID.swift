/// An authority's identifier: it stands in its CRL, OCSP and CA addresses and never changes.
public struct AuthorityID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: the name, for a reader of addresses, and 40 random bits. Nil when the name is no label.
  public init?(purpose name: String, random: inout some RandomNumberGenerator) {
    self.init(rawValue: name + "-" + IdentifierRule.random(characters: 8, using: &random))
  }
}

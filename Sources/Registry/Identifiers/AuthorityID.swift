/// An authority's identifier: it stands in its CRL, OCSP and CA addresses and never changes.
public struct AuthorityID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: the purpose, for a reader of addresses, and 40 random bits. Nil when the purpose is no label.
  public init?(purpose: String, random: inout some RandomNumberGenerator) {
    self.init(rawValue: purpose + "-" + IdentifierRule.random(characters: 8, using: &random))
  }
}

/// What profiles and people call an issuing authority. It goes over to the next key; identifiers do not.
public struct AuthorityName: Identifier {
  public let rawValue: String

  /// 1 to 31 lower-case letters, digits and inner hyphens: an identifier begins with it.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 31) else { return nil }
    self.rawValue = rawValue
  }

  /// Of those that `init` makes: one for each purpose.
  init(_ purpose: AuthorityRecord.Purpose) { rawValue = purpose.rawValue }

  public static let idevid = AuthorityName(.idevid)
  public static let operational = AuthorityName(.operational)
  public static let installation = AuthorityName(.installation)
  public static let lab = AuthorityName(.lab)

  /// Whether it is a purpose's own, which nobody gives.
  public var isReserved: Bool { AuthorityRecord.Purpose(rawValue: rawValue) != nil }
}

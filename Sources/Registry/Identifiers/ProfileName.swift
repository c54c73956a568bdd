/// A profile's name, which is also an EST path label.
public struct ProfileName: Identifier {
  public let rawValue: String

  /// 1 to 64 letters, digits, hyphens, dots and underscores, beginning with a letter or digit.
  public init?(rawValue: String) {
    guard IdentifierRule.isName(rawValue, upTo: 64) else { return nil }
    self.rawValue = rawValue
  }
}

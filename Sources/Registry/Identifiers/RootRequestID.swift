/// Names a request to a root: it stands in the request's file and in the answer to it.
public struct RootRequestID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: `ask-` and 60 random bits.
  public init(random: inout some RandomNumberGenerator) {
    rawValue = "ask-" + IdentifierRule.random(characters: 12, using: &random)
  }
}

import WireFormats

/// Names a request that waits for an operator. They sort by when they were made.
public struct PendingRequestID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: `request-`, the time, and 40 random bits.
  public init(at instant: Instant, random: inout some RandomNumberGenerator) {
    rawValue =
      "request-" + IdentifierRule.time(instant) + IdentifierRule.random(characters: 8, using: &random)
  }
}

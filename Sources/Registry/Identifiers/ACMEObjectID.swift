import WireFormats

/// An account's, order's or authorization's identifier, which its address ends in.
public struct ACMEObjectID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one. It begins with time, so that index inserts append; then 80 random bits.
  public init(at now: Instant, random: inout some RandomNumberGenerator) {
    rawValue = IdentifierRule.time(now) + IdentifierRule.random(characters: 16, using: &random)
  }
}

import WireFormats

/// Names one attestation of a device. It sorts as time does.
public struct AttestationID: Identifier {
  public let rawValue: String

  /// 1 to 40 lower-case letters, digits and inner hyphens.
  public init?(rawValue: String) {
    guard IdentifierRule.isLabel(rawValue, upTo: 40) else { return nil }
    self.rawValue = rawValue
  }

  /// A fresh one: the time, and 60 random bits.
  public init(at instant: Instant, random: inout some RandomNumberGenerator) {
    rawValue = IdentifierRule.time(instant) + IdentifierRule.random(characters: 12, using: &random)
  }
}

import WireFormats

/// RFC 5280 §4.1.2.5: what UTCTime and GeneralizedTime can say here runs from 1950 to 9999.
enum ValidityEncoding: CertificateRule {
  static let name = "validity-encoding"

  static func objection(to facts: CertificateFacts) -> String? {
    let allowed = earliest...Instant.noExpiry
    let fields = facts.fields
    return allowed.contains(fields.notBefore.wholeSecond) && allowed.contains(fields.notAfter.wholeSecond)
      ? nil : "the validity lies outside the years 1950 to 9999"
  }

  /// 1950-01-01T00:00:00Z.
  private static let earliest = Instant(seconds: -631_152_000)
}

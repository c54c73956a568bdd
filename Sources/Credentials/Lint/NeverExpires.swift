import WireFormats

/// IEEE 802.1AR §8.7 with RFC 5280 §4.1.2.5: an IDevID ends at 99991231235959Z, and nothing else says that it never does.
enum NeverExpires: CertificateRule {
  static let name = "never-expires"

  static func objection(to facts: CertificateFacts) -> String? {
    let isUnlimited = facts.fields.notAfter.wholeSecond == Instant.noExpiry
    guard facts.template.limits.neverExpires else {
      return isUnlimited ? "notAfter says no expiry, which the profile does not allow" : nil
    }
    return isUnlimited ? nil : "notAfter is \(facts.fields.notAfter) where the profile says no expiry"
  }
}

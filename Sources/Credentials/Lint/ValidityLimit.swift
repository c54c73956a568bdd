import WireFormats

/// The profile's longest validity.
enum ValidityLimit: CertificateRule {
  static let name = "validity-limit"

  static func objection(to facts: CertificateFacts) -> String? {
    guard let limit = facts.template.limits.maximumValidity else { return nil }
    let length = facts.fields.notAfter - facts.fields.notBefore
    return length <= limit ? nil : "a validity of \(length) is over the limit of \(limit)"
  }
}

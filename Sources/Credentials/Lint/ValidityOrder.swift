import WireFormats

/// RFC 5280 §4.1.2.5: the period has a beginning and then an end.
enum ValidityOrder: CertificateRule {
  static let name = "validity-order"

  static func objection(to facts: CertificateFacts) -> String? {
    facts.fields.notBefore.wholeSecond < facts.fields.notAfter.wholeSecond
      ? nil : "notBefore \(facts.fields.notBefore) is not before notAfter \(facts.fields.notAfter)"
  }
}

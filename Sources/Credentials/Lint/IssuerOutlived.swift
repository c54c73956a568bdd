import WireFormats

/// Nothing outlives its issuer: a chain that ends before its leaf is a leaf that cannot be checked.
enum IssuerOutlived: CertificateRule {
  static let name = "issuer-outlived"

  static func objection(to facts: CertificateFacts) -> String? {
    guard let end = facts.template.issuerNotAfter else { return nil }
    return facts.fields.notAfter <= end ? nil : "notAfter \(facts.fields.notAfter) is after the issuer's own, \(end)"
  }
}

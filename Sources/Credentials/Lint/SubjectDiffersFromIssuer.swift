import WireFormats

/// RFC 5280 §6.1 takes a certificate whose subject is its issuer for self-issued, which only an authority may be.
enum SubjectDiffersFromIssuer: CertificateRule {
  static let name = "subject-differs-from-issuer"

  static func objection(to facts: CertificateFacts) -> String? {
    guard !facts.extensions.isAuthority else { return nil }
    return facts.fields.subject == facts.template.issuer ? "the subject is the issuer's own name" : nil
  }
}

import WireFormats

/// RFC 5280 §4.1.2.6: an authority has a subject; anybody else has one, or a SubjectAltName (then critical).
enum SubjectPresence: CertificateRule {
  static let name = "subject-presence"

  static func objection(to facts: CertificateFacts) -> String? {
    guard facts.fields.subject.isEmpty else { return nil }
    if facts.extensions.isAuthority { return "an authority's subject must not be empty" }
    return facts.fields.subjectAlternativeNames.isEmpty ? "there is neither a subject nor an alternative name" : nil
  }
}

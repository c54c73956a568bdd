/// A name that stands twice in SubjectAltName is a mistake of whoever asked. RFC 5280 §4.2.1.6 does not forbid it; the
/// bound on their number is the parser's.
enum SubjectAlternativeNamesUnique: CertificateRule {
  static let name = "subject-alternative-names-unique"

  static func objection(to facts: CertificateFacts) -> String? {
    let names = facts.fields.subjectAlternativeNames
    guard names.count > 1 else { return nil }
    guard names.count <= GeneralName.maximumCount else {
      return "there are more than \(GeneralName.maximumCount) names"
    }
    var seen: Set<GeneralName> = []
    for name in names where !seen.insert(name).inserted { return "\(name) stands twice" }
    return nil
  }
}

/// RFC 5280 §4.1.2.6: an email address belongs in SubjectAltName, so one in the subject stands there too.
enum SubjectEmailInAlternativeNames: CertificateRule {
  static let name = "subject-email-in-alternative-names"

  static func objection(to facts: CertificateFacts) -> String? {
    for attribute in facts.fields.subject.attributes where attribute.type == AttributeType.emailAddress {
      guard facts.fields.subjectAlternativeNames.contains(.email(attribute.value)) else {
        return "emailAddress of the subject is missing from subjectAltName"
      }
    }
    return nil
  }
}

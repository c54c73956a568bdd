import WireFormats

/// RFC 5280 §4.2.1.1: in every certificate but a self-signed one.
enum AuthorityKeyIdentifierPresence: CertificateRule {
  static let name = "authority-key-identifier-presence"

  static func objection(to facts: CertificateFacts) -> String? {
    guard facts.extensions.known.authorityKeyIdentifier == nil else { return nil }
    let isSelfSigned = facts.extensions.isAuthority && facts.fields.subject == facts.template.issuer
    return isSelfSigned ? nil : "the authority key identifier is missing"
  }
}

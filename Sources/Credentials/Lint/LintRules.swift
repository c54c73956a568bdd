/// Every rule, in the order in which they run.
package enum LintRules {
  static let onExtensions: [any ExtensionRule.Type] = [
    ExtensionsUnique.self, ExtensionEncoding.self, ExtensionCriticality.self, ExtensionsReserved.self,
    AuthorityConstraints.self, AuthorityKeyUsage.self, EndEntityExtensions.self, KeyUsageBits.self,
    ExtendedKeyUsagePurposes.self, KeyUsagePurposeConsistency.self, TimeStampingPurpose.self, PoliciesUnique.self,
    NoRevocationAvailable.self, ResponderNoCheck.self, StatusAddressSyntax.self, NameConstraintsSubtrees.self,
  ]

  static let onCertificates: [any CertificateRule.Type] = [
    SerialNumberLength.self, ValidityOrder.self, ValidityEncoding.self, ValidityLimit.self, NeverExpires.self,
    IssuerOutlived.self, KeyAlgorithmAllowed.self, KeyUsageFitsKey.self, AuthorityKeyIdentifierPresence.self,
    SubjectPresence.self, SubjectDiffersFromIssuer.self, SubjectAlternativeNamesUnique.self,
    SubjectEmailInAlternativeNames.self,
  ]

  static let onNames: [any NameRule.Type] = [
    NameStringTypes.self, NameCharacters.self, NameWhitespace.self, NameLengths.self, NameCountry.self,
    NameDomainComponents.self, NameAttributesUnique.self,
  ]

  static let onGeneralNames: [any GeneralNameRule.Type] = [
    DNSNameSyntax.self, IPAddressSyntax.self, URISyntax.self, EmailSyntax.self, GeneralNameForm.self,
  ]

  /// The name of every rule, so that a test can hold that each refuses something.
  package static var names: [String] {
    onExtensions.map { $0.name } + onCertificates.map { $0.name } + onNames.map { $0.name }
      + onGeneralNames.map { $0.name } + [issuerPresence]
  }

  private static let issuerPresence = "issuer-presence"

  static func check(_ facts: ExtensionFacts) throws(LintFailure) {
    for rule in onExtensions {
      if let reason = rule.objection(to: facts) { throw LintFailure(rule: rule.name, reason: reason) }
    }
  }

  static func check(_ facts: CertificateFacts) throws(LintFailure) {
    for rule in onCertificates {
      if let reason = rule.objection(to: facts) { throw LintFailure(rule: rule.name, reason: reason) }
    }
    try check(name: facts.fields.subject)
    for name in facts.fields.subjectAlternativeNames {
      if case .directoryName(let directory) = name { try check(name: directory) }
      for rule in onGeneralNames {
        if let reason = rule.objection(to: name) { throw LintFailure(rule: rule.name, reason: reason) }
      }
    }
  }

  /// RFC 5280 §4.1.2.4: the issuer is not empty. Its strings are taken as its own certificate has them, since names
  /// chain octet for octet.
  static func check(issuer: DistinguishedName) throws(LintFailure) {
    guard !issuer.isEmpty else { throw LintFailure(rule: issuerPresence, reason: "the issuer's name is empty") }
  }

  private static func check(name: DistinguishedName) throws(LintFailure) {
    for rule in onNames {
      if let reason = rule.objection(to: name) { throw LintFailure(rule: rule.name, reason: reason) }
    }
  }
}

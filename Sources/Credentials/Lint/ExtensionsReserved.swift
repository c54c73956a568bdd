import WireFormats

/// SubjectKeyIdentifier and SubjectAltName are written from the certificate's own key and names, so neither a template nor
/// a field may bring another.
enum ExtensionsReserved: ExtensionRule {
  static let name = "extensions-reserved"

  static func objection(to facts: ExtensionFacts) -> String? {
    for reserved in [ExtensionID.subjectKeyIdentifier, ExtensionID.subjectAlternativeName]
    where facts.contains(reserved) {
      return "\(ExtensionID.name(of: reserved)) is made by the issuer and cannot be given"
    }
    return nil
  }
}

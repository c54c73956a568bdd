import WireFormats

/// RFC 5280 §4.2.1 and §4.2.2, RFC 9608 §2, RFC 6960 §4.2.2.2.1: which extensions must and which must not be critical.
enum ExtensionCriticality: ExtensionRule {
  static let name = "extension-criticality"

  static func objection(to facts: ExtensionFacts) -> String? {
    for item in facts.all {
      if item.critical, never.contains(item.identifier) {
        return "\(ExtensionID.name(of: item.identifier)) must not be critical"
      }
      if !item.critical, always.contains(item.identifier) {
        return "\(ExtensionID.name(of: item.identifier)) must be critical"
      }
    }
    return nil
  }

  private static let never: Set<ObjectIdentifier> = [
    ExtensionID.authorityKeyIdentifier, ExtensionID.authorityInformationAccess, ExtensionID.crlDistributionPoints,
    ExtensionID.issuerAlternativeName, ExtensionID.freshestCRL, ExtensionID.noRevAvail, ExtensionID.ocspNoCheck,
  ]

  private static let always: Set<ObjectIdentifier> = [
    ExtensionID.nameConstraints, ExtensionID.policyConstraints, ExtensionID.inhibitAnyPolicy, ExtensionID.keyUsage,
  ]
}

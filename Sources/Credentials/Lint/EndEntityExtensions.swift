import WireFormats

/// RFC 5280 §4.2.1.5, §4.2.1.10, §4.2.1.11 and §4.2.1.14: extensions that only an authority's certificate may have.
enum EndEntityExtensions: ExtensionRule {
  static let name = "end-entity-extensions"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard !facts.isAuthority else { return nil }
    for item in facts.all where authorityOnly.contains(item.identifier) {
      return "\(ExtensionID.name(of: item.identifier)) belongs to an authority alone"
    }
    return nil
  }

  private static let authorityOnly: Set<ObjectIdentifier> = [
    ExtensionID.nameConstraints, ExtensionID.policyConstraints, ExtensionID.policyMappings,
    ExtensionID.inhibitAnyPolicy,
  ]
}

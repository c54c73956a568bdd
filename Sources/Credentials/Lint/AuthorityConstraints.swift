import WireFormats

/// RFC 5280 §4.2.1.9: BasicConstraints is critical in an authority's certificate, and a path length stands only there.
enum AuthorityConstraints: ExtensionRule {
  static let name = "authority-constraints"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard let item = facts.first(ExtensionID.basicConstraints), facts.isAuthority else { return nil }
    return item.critical ? nil : "basicConstraints of an authority must be critical"
  }
}

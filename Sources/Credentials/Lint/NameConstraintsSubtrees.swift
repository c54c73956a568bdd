import WireFormats

/// RFC 5280 §4.2.1.10: NameConstraints is never an empty sequence.
enum NameConstraintsSubtrees: ExtensionRule {
  static let name = "name-constraints-subtrees"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard let item = facts.first(ExtensionID.nameConstraints) else { return nil }
    return item.value == [DERTag.sequence, 0] ? "nameConstraints constrains nothing" : nil
  }
}

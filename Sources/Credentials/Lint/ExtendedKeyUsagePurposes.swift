import WireFormats

/// RFC 5280 §4.2.1.12: at least one purpose, none twice; anyExtendedKeyUsage makes a critical extension meaningless.
enum ExtendedKeyUsagePurposes: ExtensionRule {
  static let name = "extended-key-usage-purposes"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard let item = facts.first(ExtensionID.extendedKeyUsage) else { return nil }
    let purposes = facts.known.extendedKeyUsages
    guard !purposes.isEmpty else { return "extKeyUsage names no purpose" }
    guard Set(purposes).count == purposes.count else { return "extKeyUsage names a purpose twice" }
    return item.critical && purposes.contains(ExtendedKeyUsage.any) ? "anyExtendedKeyUsage is never critical" : nil
  }
}

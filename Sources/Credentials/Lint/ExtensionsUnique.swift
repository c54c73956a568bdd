import WireFormats

/// RFC 5280 §4.2: a certificate must not include more than one instance of an extension.
enum ExtensionsUnique: ExtensionRule {
  static let name = "extensions-unique"

  static func objection(to facts: ExtensionFacts) -> String? {
    var seen: Set<ObjectIdentifier> = []
    for item in facts.all where !seen.insert(item.identifier).inserted {
      return "\(ExtensionID.name(of: item.identifier)) stands twice"
    }
    return nil
  }
}

import WireFormats

/// RFC 5280 §4.2.1.3 and §4.2.1.9: an authority's KeyUsage is present and has keyCertSign; nobody else has that bit.
enum AuthorityKeyUsage: ExtensionRule {
  static let name = "authority-key-usage"

  static func objection(to facts: ExtensionFacts) -> String? {
    let signs = facts.known.keyUsage?.contains(.keyCertSign) ?? false
    if facts.isAuthority { return signs ? nil : "an authority needs keyCertSign in its keyUsage" }
    return signs ? "keyCertSign belongs to an authority alone" : nil
  }
}

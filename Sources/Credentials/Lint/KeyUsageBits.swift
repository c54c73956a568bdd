import WireFormats

/// RFC 5280 §4.2.1.3: at least one bit; encipherOnly and decipherOnly mean something beside keyAgreement alone, and not
/// together.
enum KeyUsageBits: ExtensionRule {
  static let name = "key-usage-bits"

  static func objection(to facts: ExtensionFacts) -> String? {
    guard let usage = facts.known.keyUsage else { return nil }
    guard !usage.isEmpty else { return "keyUsage has no bit set" }
    let narrowed = usage.intersection([.encipherOnly, .decipherOnly])
    guard !narrowed.isEmpty else { return nil }
    guard usage.contains(.keyAgreement) else { return "\(narrowed.names[0]) needs keyAgreement" }
    return narrowed == [.encipherOnly, .decipherOnly] ? "encipherOnly and decipherOnly exclude each other" : nil
  }
}

import WireFormats

/// RFC 5280 §4.2: extnValue holds the DER of a value. Extensions that are not known here are walked, no deeper than 16.
enum ExtensionEncoding: ExtensionRule {
  static let name = "extension-encoding"

  static func objection(to facts: ExtensionFacts) -> String? {
    for item in facts.all where !isWellFormed(item.value[...], depth: 16) {
      return "\(ExtensionID.name(of: item.identifier)) is not well formed"
    }
    return nil
  }

  private static func isWellFormed(_ value: ArraySlice<UInt8>, depth: Int) -> Bool {
    var reader = DERReader(value)
    guard let element = try? reader.read(), reader.isAtEnd else { return false }
    return isWellFormed(element, depth: depth)
  }

  private static func isWellFormed(_ element: DERElement, depth: Int) -> Bool {
    // X.690 §8.1.2.5: bit 6 says constructed.
    guard element.tag & 0x20 != 0 else { return true }
    guard depth > 0 else { return false }
    var reader = element.reader
    while !reader.isAtEnd {
      guard let inner = try? reader.read(), isWellFormed(inner, depth: depth - 1) else { return false }
    }
    return true
  }
}

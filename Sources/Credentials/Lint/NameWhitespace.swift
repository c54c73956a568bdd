/// RFC 5280 §7.1 compares names without surrounding space, so that two names that differ in it alone are one.
enum NameWhitespace: NameRule {
  static let name = "name-whitespace"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes where isSurrounded(attribute.value) {
      return "\(AttributeType.name(of: attribute.type)) begins or ends with white space"
    }
    return nil
  }

  private static func isSurrounded(_ value: String) -> Bool {
    guard let first = value.utf8.first, let last = value.utf8.last else { return false }
    // All of ASCII's white space is at or under 0x20; only other alphabets' needs a look at Unicode.
    guard first >= 0x80 || last >= 0x80 else { return first <= 0x20 || last <= 0x20 }
    return [value.unicodeScalars.first, value.unicodeScalars.last].contains { $0?.properties.isWhitespace == true }
  }
}

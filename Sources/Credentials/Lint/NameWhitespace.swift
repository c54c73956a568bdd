/// RFC 5280 §7.1 compares names without surrounding space, so that two names that differ in it alone are one.
enum NameWhitespace: NameRule {
  static let name = "name-whitespace"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes {
      guard let first = attribute.value.unicodeScalars.first, let last = attribute.value.unicodeScalars.last else { continue }
      if first.properties.isWhitespace || last.properties.isWhitespace {
        return "\(AttributeType.name(of: attribute.type)) begins or ends with white space"
      }
    }
    return nil
  }
}

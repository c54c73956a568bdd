/// X.501 §9.3: a relative name does not hold two values of one type. Only names that were received can have any with two
/// values; those made here have one attribute each.
enum NameAttributesUnique: NameRule {
  static let name = "name-attributes-unique"

  static func objection(to name: DistinguishedName) -> String? {
    guard name.attributes.count > 1, name.hasMultipleValues else { return nil }
    for group in name.relativeNames() where Set(group.map(\.type)).count != group.count {
      return "a relative name holds two values of one type"
    }
    return nil
  }
}

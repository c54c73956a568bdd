/// Control characters in a name forge lines of logs and cut strings of C programs short; none has a place there.
enum NameCharacters: NameRule {
  static let name = "name-characters"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes {
      let isClean = attribute.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      let hasControl = !isClean || attribute.value.unicodeScalars.contains { (0x80...0x9F).contains($0.value) }
      if hasControl { return "\(AttributeType.name(of: attribute.type)) has a control character" }
    }
    return nil
  }
}

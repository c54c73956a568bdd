/// Control characters in a name forge lines of logs and cut strings of C programs short; none has a place there.
enum NameCharacters: NameRule {
  static let name = "name-characters"

  static func objection(to name: DistinguishedName) -> String? {
    for attribute in name.attributes where hasControl(attribute.value) {
      return "\(AttributeType.name(of: attribute.type)) has a control character"
    }
    return nil
  }

  private static func hasControl(_ value: String) -> Bool {
    var isASCII = true
    for octet in value.utf8 {
      if octet < 0x20 || octet == 0x7F { return true }
      if octet >= 0x80 { isASCII = false }
    }
    return !isASCII && value.unicodeScalars.contains { (0x80...0x9F).contains($0.value) }
  }
}

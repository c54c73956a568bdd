extension JSONValue {
  /// The text, indented by two spaces so that people can read it.
  public func written() -> String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .object(let members): Self.write(members, to: &text, indent: indent)
    case .array(let elements): Self.write(elements, to: &text, indent: indent)
    case .string(let string): Self.write(string, to: &text)
    case .integer(let integer): text += String(integer)
    case .number(let number): text += number
    case .boolean(let boolean): text += boolean ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func write(_ members: [Member], to text: inout String, indent: String) {
    guard !members.isEmpty else {
      text += "{}"
      return
    }
    let inner = indent + "  "
    for (index, member) in members.enumerated() {
      text += (index == 0 ? "{\n" : ",\n") + inner
      write(member.key, to: &text)
      text += ": "
      member.value.write(to: &text, indent: inner)
    }
    text += "\n" + indent + "}"
  }

  private static func write(_ elements: [JSONValue], to text: inout String, indent: String) {
    guard !elements.isEmpty else {
      text += "[]"
      return
    }
    let inner = indent + "  "
    for (index, element) in elements.enumerated() {
      text += (index == 0 ? "[\n" : ",\n") + inner
      element.write(to: &text, indent: inner)
    }
    text += "\n" + indent + "]"
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

/// A JSON object of strings in which nothing is escaped, which is what nearly all labels are: a page of devices would
/// else spend most of its time in a general decoder.
enum PlainLabels {
  /// With sorted keys; nil where something has to be escaped.
  static func text(_ labels: [String: String]) -> String? {
    guard labels.allSatisfy({ isPlain($0.key) && isPlain($0.value) }) else { return nil }
    let members = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// RFC 8259 §7: quotation marks, backslashes and controls are escaped.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  /// Reads what `text` writes; nil for any other form.
  static func read(_ text: String) -> [String: String]? {
    guard !text.utf8.contains(UInt8(ascii: "\\")) else { return nil }
    // Without escapes every quotation mark delimits: {, KEY, :, VALUE, then a comma or the closing brace.
    let parts = text.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    guard parts.count > 4, parts.count % 4 == 1, parts.last?.elementsEqual("}".utf8) == true else { return nil }
    var labels: [String: String] = [:]
    for start in stride(from: 0, to: parts.count - 1, by: 4) {
      guard parts[start].elementsEqual((start == 0 ? "{" : ",").utf8), parts[start + 2].elementsEqual(":".utf8),
        let key = String(parts[start + 1]), let value = String(parts[start + 3]),
        labels.updateValue(value, forKey: key) == nil
      else { return nil }
    }
    return labels
  }
}

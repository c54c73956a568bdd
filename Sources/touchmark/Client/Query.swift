/// Addresses written from values: every octet that is not unreserved is escaped (RFC 3986 §2.3).
package enum Query {
  /// `?name=value&…`, or nothing.
  package static func text(_ items: [(String, String)]) -> String {
    items.isEmpty ? "" : "?" + items.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
  }

  /// One segment of a path, or a query's name or value.
  package static func escape(_ text: String) -> String {
    var escaped = ""
    for octet in text.utf8 {
      switch octet {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        escaped.unicodeScalars.append(Unicode.Scalar(octet))
      default:
        let hex = String(octet, radix: 16, uppercase: true)
        escaped += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return escaped
  }
}

import Issuance

/// One part of a multipart/mixed answer (RFC 2046 §5.1).
struct ESTPart: Sendable {
  let contentType: String
  /// base64.
  private(set) var content: [UInt8]

  /// Overwrites what may be a private key.
  mutating func wipe() { GeneratedKey.wipe(&content) }

  /// 96 random bits: nothing in base64 has two hyphens in a row, so that no part contains it.
  static func boundary() -> String {
    var random = SystemRandomNumberGenerator()
    return "touchmark--"
      + (0..<3).map { _ in String(UInt32.random(in: .min ... .max, using: &random), radix: 36) }.joined()
  }

  /// RFC 7030 §4.4.2 shows the parts' fields: Content-Type and Content-Transfer-Encoding.
  static func encode(_ parts: [ESTPart], boundary: String) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(parts.reduce(256) { $0 + $1.content.count + 256 })
    for part in parts {
      body += "--\(boundary)\r\nContent-Type: \(part.contentType)\r\n".utf8
      body += "Content-Transfer-Encoding: base64\r\n\r\n".utf8
      body += part.content
      body += "\r\n".utf8
    }
    body += "--\(boundary)--\r\n".utf8
    return body
  }
}

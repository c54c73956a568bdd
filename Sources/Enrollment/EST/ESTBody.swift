import WireFormats

/// EST's bodies: base64 always (RFC 8951 §3.1), whatever a Content-Transfer-Encoding field says.
package enum ESTBody {
  /// With or without line breaks; also inside PEM's lines, which clients send that post what `openssl req` writes.
  package static func decode(_ body: [UInt8]) -> [UInt8]? {
    let text = body.starts(with: dashes) ? insideArmor(body) : body[...]
    guard let text, let decoded = Base64.decode(text), !decoded.isEmpty else { return nil }
    return decoded
  }

  /// One line and a final newline: one common client cannot read wrapped base64, another fails without the newline.
  static func encode(_ der: [UInt8]) -> [UInt8] {
    var text = Base64.encodeBytes(der)
    text.append(0x0A)
    return text
  }

  private static let dashes = Array("-----BEGIN ".utf8)

  private static func insideArmor(_ body: [UInt8]) -> ArraySlice<UInt8>? {
    guard let begin = body.firstIndex(of: 0x0A) else { return nil }
    let rest = body[(begin + 1)...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    return rest[..<end]
  }
}

/// Base64 and base64url (RFC 4648 §4, §5).
public enum Base64 {
  private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let values = table(standard)
  private static let urlValues = table(urlSafe)

  /// With padding, in one line.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: encodeBytes(bytes), as: UTF8.self)
  }

  /// With padding, in one line, as ASCII octets.
  public static func encodeBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
    encode(Array(bytes), alphabet: standard, padded: true)
  }

  /// RFC 4648 §5 without padding.
  public static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: encode(Array(bytes), alphabet: urlSafe, padded: false), as: UTF8.self)
  }

  /// Decodes with or without line breaks, spaces and padding; nil for any other character or a lone last symbol.
  ///
  /// RFC 8951 §3.1: whitespace in an EST body is ignored.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text), values: values) }

  /// RFC 4648 §5, with or without padding; no white space.
  public static func decodeURL(_ text: some Collection<UInt8>) -> [UInt8]? {
    let text = Array(text)
    guard !text.contains(where: { $0 <= 0x20 }) else { return nil }
    return decode(text, values: urlValues)
  }

  private static func table(_ alphabet: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, symbol) in alphabet.enumerated() { table[Int(symbol)] = UInt8(value) }
    return table
  }

  // Both work on one concrete type, so that the loop over octets is compiled for it whoever calls.
  private static func encode(_ bytes: [UInt8], alphabet: [UInt8], padded: Bool) -> [UInt8] {
    let whole = bytes.count / 3 * 3
    let rest = bytes.count - whole
    var text = [UInt8](
      repeating: UInt8(ascii: "="), count: bytes.count / 3 * 4 + (rest == 0 ? 0 : padded ? 4 : rest + 1))
    var output = 0
    for input in stride(from: 0, to: whole, by: 3) {
      let (first, second, third) = (bytes[input], bytes[input + 1], bytes[input + 2])
      text[output] = alphabet[Int(first >> 2)]
      text[output + 1] = alphabet[Int((first & 0x03) << 4 | second >> 4)]
      text[output + 2] = alphabet[Int((second & 0x0F) << 2 | third >> 6)]
      text[output + 3] = alphabet[Int(third & 0x3F)]
      output += 4
    }
    guard rest > 0 else { return text }
    let first = bytes[whole]
    let second = rest == 2 ? bytes[whole + 1] : 0
    text[output] = alphabet[Int(first >> 2)]
    text[output + 1] = alphabet[Int((first & 0x03) << 4 | second >> 4)]
    if rest == 2 { text[output + 2] = alphabet[Int((second & 0x0F) << 2)] }
    return text
  }

  private static func decode(_ text: [UInt8], values: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var buffer: UInt32 = 0
    var bits = 0
    var symbols = 0
    var padding = 0
    for character in text {
      if character == 0x0A || character == 0x0D || character == 0x20 || character == 0x09 { continue }
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      let value = values[Int(character)]
      guard padding == 0, value != 0xFF else { return nil }
      symbols += 1
      buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    guard symbols % 4 != 1, padding <= 2 else { return nil }
    return bytes
  }
}

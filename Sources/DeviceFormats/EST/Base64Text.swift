/// Base64 (RFC 4648 §4) as EST bodies carry it.
public enum Base64Text {
  /// The room that some bytes take in base64, without line breaks; -1 for more than is written here.
  public static func length(of count: Int) -> Int {
    guard count >= 0, count <= FormatLimits.element else { return -1 }
    return (count &+ 2) / 3 &* 4
  }

  /// Writes base64 without line breaks (RFC 8951 §3: none are needed).
  ///
  /// - Returns: How much was written.
  public static func encode(
    _ bytes: ByteView, into buffer: UnsafeMutablePointer<UInt8>?, capacity: Int
  ) throws(FormatError) -> Int {
    let needed = length(of: bytes.count)
    guard needed >= 0 else { throw .tooLong }
    guard needed > 0 else { return 0 }
    guard let buffer, capacity >= needed else { throw .noRoom }
    var (index, output) = (0, 0)
    while index < bytes.count {
      let (first, second, third) = (bytes.byte(index) ?? 0, bytes.byte(index &+ 1), bytes.byte(index &+ 2))
      let group = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
      buffer[output] = letter(group >> 18)
      buffer[output &+ 1] = letter(group >> 12)
      buffer[output &+ 2] = second == nil ? 0x3D : letter(group >> 6)
      buffer[output &+ 3] = third == nil ? 0x3D : letter(group)
      (index, output) = (index &+ 3, output &+ 4)
    }
    return output
  }

  /// Reads base64, with line breaks and blanks between letters passed over (RFC 8951 §3), into a buffer which may be the
  /// text's own.
  ///
  /// - Returns: How much was written: at most three quarters of the text.
  public static func decode(
    _ text: ByteView, into buffer: UnsafeMutablePointer<UInt8>?, capacity: Int
  ) throws(FormatError) -> Int {
    guard let buffer else { throw .noRoom }
    var (index, output, group, letters, padding) = (0, 0, UInt32(0), 0, 0)
    while let octet = text.byte(index) {
      index &+= 1
      if octet == 0x0D || octet == 0x0A || octet == 0x20 || octet == 0x09 { continue }
      if octet == 0x3D {
        padding &+= 1
        guard padding <= 2 else { throw .badBase64 }
        continue
      }
      guard padding == 0, let value = value(of: octet) else { throw .badBase64 }
      group = group << 6 | value
      letters &+= 1
      guard letters == 4 else { continue }
      guard output <= capacity &- 3 else { throw .noRoom }
      buffer[output] = UInt8(truncatingIfNeeded: group >> 16)
      buffer[output &+ 1] = UInt8(truncatingIfNeeded: group >> 8)
      buffer[output &+ 2] = UInt8(truncatingIfNeeded: group)
      (output, group, letters) = (output &+ 3, 0, 0)
    }
    guard letters == 0 ? padding == 0 : letters &+ padding == 4 else { throw .badBase64 }
    return try finish(group, letters, buffer, output, capacity)
  }

  /// The last group, of two or three letters. RFC 4648 §3.5: bits that say nothing are zero.
  private static func finish(
    _ group: UInt32, _ letters: Int, _ buffer: UnsafeMutablePointer<UInt8>, _ output: Int, _ capacity: Int
  ) throws(FormatError) -> Int {
    guard letters > 0 else { return output }
    guard letters > 1, group & (letters == 2 ? 0x0F : 0x03) == 0 else { throw .badBase64 }
    guard output <= capacity &- (letters &- 1) else { throw .noRoom }
    let bits = group << (letters == 2 ? 12 : 6)
    buffer[output] = UInt8(truncatingIfNeeded: bits >> 16)
    if letters == 3 { buffer[output &+ 1] = UInt8(truncatingIfNeeded: bits >> 8) }
    return output &+ letters &- 1
  }

  private static func letter(_ bits: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits & 0x3F)
    if value < 26 { return 0x41 &+ value }
    if value < 52 { return 0x61 &+ (value &- 26) }
    if value < 62 { return 0x30 &+ (value &- 52) }
    return value == 62 ? 0x2B : 0x2F
  }

  private static func value(of octet: UInt8) -> UInt32? {
    switch octet {
    case 0x41...0x5A: UInt32(octet &- 0x41)
    case 0x61...0x7A: UInt32(octet &- 0x61 &+ 26)
    case 0x30...0x39: UInt32(octet &- 0x30 &+ 52)
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}

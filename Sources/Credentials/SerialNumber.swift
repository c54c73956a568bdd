import WireFormats

/// A certificate's serial number (RFC 5280 §4.1.2.2): positive, at most 20 octets.
///
/// Ours begin with time, so that index inserts append: 48 bits of milliseconds since 1970, then 80 random bits. The
/// first octet stays under 0x80 until the year 6429, so the DER value is always these 16 octets.
public struct SerialNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Big-endian, without leading zeros.
  public let bytes: [UInt8]

  /// Fresh, from the clock and the system's random source.
  public init(at now: Instant, random: inout some RandomNumberGenerator) {
    let milliseconds = UInt64(clamping: max(now.milliseconds, 1)) & 0xFFFF_FFFF_FFFF
    let high = milliseconds << 16 | (random.next() & 0xFFFF)
    let low: UInt64 = random.next()
    var octets: [UInt8] = []
    octets.reserveCapacity(16)
    for word in [high, low] {
      for shift in stride(from: 56, through: 0, by: -8) {
        octets.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    bytes = octets[0] == 0 ? Array(octets.drop { $0 == 0 }) : octets
  }

  /// From a received INTEGER's content octets. Zero, negative and over 20 octets are refused.
  public init?(integerContent content: some Collection<UInt8>) {
    guard let first = content.first, first < 0x80, content.count <= 20 else { return nil }
    let magnitude = Array(content.drop { $0 == 0 })
    guard !magnitude.isEmpty else { return nil }
    bytes = magnitude
  }

  /// From hexadecimal text, as commands and addresses carry it; leading zeros do not matter.
  public init?(hex text: some StringProtocol) {
    guard text.utf8.count <= 42, let octets = Hex.decode(text.utf8.count % 2 == 0 ? String(text) : "0" + text) else {
      return nil
    }
    let magnitude = Array(octets.drop { $0 == 0 })
    guard !magnitude.isEmpty, magnitude.count <= 20, magnitude.count < 20 || magnitude[0] < 0x80 else { return nil }
    bytes = magnitude
  }

  /// Lower-case hexadecimal.
  public var description: String { Hex.encode(bytes) }

  public static func < (left: SerialNumber, right: SerialNumber) -> Bool {
    left.bytes.count != right.bytes.count
      ? left.bytes.count < right.bytes.count : left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

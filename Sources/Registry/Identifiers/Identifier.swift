import WireFormats

/// What all identifiers of the registry share: short, printable ASCII text with a fixed character set.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
  var rawValue: String { get }
  /// Nil when the text is empty, too long or has a character that this kind of identifier does not allow.
  init?(rawValue: String)
}

extension Identifier {
  public var description: String { rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

enum IdentifierRule {
  /// Lower-case letters, digits and inner hyphens; what a DNS label, a URL segment and a file name all take.
  static func isLabel(_ text: String, upTo limit: Int) -> Bool {
    let octets = text.utf8
    guard let first = octets.first, let last = octets.last, octets.count <= limit else { return false }
    return first != 0x2D && last != 0x2D && octets.allSatisfy { isLowercase($0) || isDigit($0) || $0 == 0x2D }
  }

  /// As `isLabel`, with upper case, dots and underscores inside.
  static func isName(_ text: String, upTo limit: Int) -> Bool {
    let octets = text.utf8
    guard let first = octets.first, octets.count <= limit, isLetter(first) || isDigit(first) else { return false }
    return octets.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)  // Crockford's, read aloud unmistakably

  /// `bits` random bits, five a character.
  static func random(characters: Int, using random: inout some RandomNumberGenerator) -> String {
    var octets: [UInt8] = []
    octets.reserveCapacity(characters)
    var bits: UInt64 = 0
    for index in 0..<characters {
      // Twelve characters a draw: on Linux each draw of the system's source is a system call.
      if index % 12 == 0 { bits = random.next() }
      octets.append(alphabet[Int(bits & 31)])
      bits >>= 5
    }
    return String(decoding: octets, as: UTF8.self)
  }

  /// 50 bits of milliseconds as ten characters that sort as time does.
  static func time(_ instant: Instant) -> String {
    let value = UInt64(clamping: instant.milliseconds)
    let octets = (0..<10).map { alphabet[Int((value >> (45 - 5 * UInt64($0))) & 31)] }
    return String(decoding: octets, as: UTF8.self)
  }

  private static func isLowercase(_ octet: UInt8) -> Bool { octet >= 0x61 && octet <= 0x7A }
  private static func isDigit(_ octet: UInt8) -> Bool { octet >= 0x30 && octet <= 0x39 }
  private static func isLetter(_ octet: UInt8) -> Bool { isLowercase(octet | 0x20) }
}

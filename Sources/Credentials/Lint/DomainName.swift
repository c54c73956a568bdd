/// Host names as the rules want them (RFC 1034 §3.5, RFC 1123 §2.1).
enum DomainName {
  /// Labels of letters, digits and inner hyphens, 253 characters in all, without a final dot.
  static func isValid(_ text: some StringProtocol) -> Bool {
    var length = 0
    var total = 0
    var last: UInt8 = 0
    for octet in text.utf8 {
      total += 1
      if octet == dot {
        guard length > 0, last != hyphen else { return false }
        length = 0
      } else {
        guard isLetterOrDigit(octet) || octet == hyphen && length > 0 else { return false }
        length += 1
        guard length <= 63 else { return false }
      }
      last = octet
    }
    return total <= 253 && length > 0 && last != hyphen
  }

  static func isLabel(_ text: Substring) -> Bool { isValid(text) && !text.utf8.contains(dot) }

  static func isLetterOrDigit(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  private static let dot = UInt8(ascii: ".")
  private static let hyphen = UInt8(ascii: "-")
}

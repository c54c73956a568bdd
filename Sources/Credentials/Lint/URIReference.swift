import WireFormats

/// URIs as certificates carry them (RFC 3986).
enum URIReference {
  /// A scheme, then something; with `//`, a host that is a domain name or an address (RFC 5280 §4.2.1.6).
  static func isAbsolute(_ text: String) -> Bool {
    guard text.utf8.count <= 2048, hasAllowedCharacters(text), let colon = text.firstIndex(of: ":") else {
      return false
    }
    guard isScheme(text[..<colon]) else { return false }
    let rest = text[text.index(after: colon)...]
    guard rest.hasPrefix("//") else { return !rest.isEmpty }
    let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return isAuthority(authority)
  }

  /// RFC 3986 §3.1.
  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, DomainName.isLetterOrDigit(first), !(0x30...0x39).contains(first) else {
      return false
    }
    return text.utf8.allSatisfy { DomainName.isLetterOrDigit($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E }
  }

  /// RFC 3986 §3.2, without the user information, which has no place in a certificate.
  private static func isAuthority(_ text: Substring) -> Bool {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return false }
      let inner = text[text.index(after: text.startIndex)..<end]
      return inner.contains(":") && GeneralName.ipAddress(text: inner) != nil && isPort(text[text.index(after: end)...])
    }
    let host = text.prefix { $0 != ":" }
    return DomainName.isValid(host) && isPort(text[host.endIndex...])
  }

  private static func isPort(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    guard text.hasPrefix(":"), (1...5).contains(text.utf8.count - 1) else { return false }
    return text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// RFC 3986 §2: unreserved, reserved, and `%` before two hexadecimal digits.
  private static func hasAllowedCharacters(_ text: String) -> Bool {
    var digits = 0
    for octet in text.utf8 {
      if digits > 0 {
        guard Hex.isDigit(octet) else { return false }
        digits -= 1
      } else if octet == UInt8(ascii: "%") {
        digits = 2
      } else {
        guard DomainName.isLetterOrDigit(octet) || symbols.contains(octet) else { return false }
      }
    }
    return digits == 0
  }

  private static let symbols = Set("-._~:/?#[]@!$&'()*+,;=".utf8)
}

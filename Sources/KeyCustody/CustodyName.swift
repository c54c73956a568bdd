/// What names may be: they become file names and lines of the header.
enum CustodyName {
  /// 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, beginning with a letter or digit.
  static func isValid(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count), let first = name.utf8.first, isAlphanumeric(first) else { return false }
    return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }

  static func check(_ name: String) throws(CustodyError) {
    guard isValid(name) else { throw .badName(name) }
  }

  /// 1 to 256 octets in one line.
  static func check(organization: String) throws(CustodyError) {
    guard (1...256).contains(organization.utf8.count),
      organization.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw .badName(organization) }
  }

  private static func isAlphanumeric(_ octet: UInt8) -> Bool {
    (0x61...0x7A).contains(octet) || (0x30...0x39).contains(octet)
  }
}

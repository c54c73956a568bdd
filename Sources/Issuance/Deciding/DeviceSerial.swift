import Registry

extension DeviceRecord {
  /// A device's serial goes into the subject's serialNumber, a PrintableString of at most 64 characters (RFC 5280,
  /// ub-serial-number), and into addresses, so it begins with a letter or digit.
  public static func isValidSerial(_ serial: String) -> Bool {
    let octets = Array(serial.utf8)
    guard let first = octets.first, let last = octets.last, octets.count <= 64 else { return false }
    guard isAlphanumeric(first), last != 0x20 else { return false }
    return octets.allSatisfy { isAlphanumeric($0) || punctuation.contains($0) }
  }

  /// PrintableString's punctuation (X.680 §41.4).
  private static let punctuation = Set(" '()+,-./:=?".utf8)

  private static func isAlphanumeric(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
  }
}

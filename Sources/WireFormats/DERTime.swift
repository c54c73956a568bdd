extension DERWriter {
  /// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on, in whole seconds.
  public mutating func time(_ instant: Instant) {
    let parts = instant.civil
    guard (1950...2049).contains(parts.year) else { return generalizedTime(instant) }
    header(DERTag.utcTime, length: 13)
    digits(parts.year % 100)
    dayAndTime(parts)
  }

  /// GeneralizedTime, `YYYYMMDDHHMMSSZ` (RFC 6960 wants it for every time).
  public mutating func generalizedTime(_ instant: Instant) {
    // What four digits cannot say is cut to what they can.
    let parts = min(max(instant, Self.earliest), .noExpiry).civil
    header(DERTag.generalizedTime, length: 15)
    digits(parts.year / 100)
    digits(parts.year % 100)
    dayAndTime(parts)
  }

  /// How many octets `time` writes.
  public static func timeLength(_ instant: Instant) -> Int {
    (1950...2049).contains(instant.civil.year) ? 15 : 17
  }

  /// 0001-01-01T00:00:00Z.
  private static let earliest = Instant(seconds: -62_135_596_800)

  private mutating func dayAndTime(_ parts: Instant.Civil) {
    digits(parts.month)
    digits(parts.day)
    digits(parts.hour)
    digits(parts.minute)
    digits(parts.second)
    raw(octet: UInt8(ascii: "Z"))
  }

  /// Two decimal digits.
  private mutating func digits(_ value: Int) {
    raw(octet: 0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
    raw(octet: 0x30 + UInt8(truncatingIfNeeded: value % 10))
  }
}

extension DERReader {
  /// A UTCTime or GeneralizedTime in the only forms that RFC 5280 §4.1.2.5 allows: in seconds, ending in Z.
  public mutating func readTime() throws(DERError) -> Instant {
    let element = try read()
    let content = element.content
    let yearDigits: Int
    switch element.tag {
    case DERTag.utcTime: yearDigits = 2
    case DERTag.generalizedTime: yearDigits = 4
    default: throw .unexpectedTag(found: element.tag, expected: DERTag.utcTime)
    }
    guard content.count == yearDigits + 11, content.last == UInt8(ascii: "Z"),
      content.dropLast().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { throw .badTime }
    let start = content.startIndex
    func number(_ offset: Int, _ count: Int) -> Int {
      var value = 0
      for index in start + offset..<start + offset + count { value = value * 10 + Int(content[index] - 0x30) }
      return value
    }
    let stated = number(0, yearDigits)
    let year = yearDigits == 4 ? stated : (stated >= 50 ? 1900 + stated : 2000 + stated)
    let civil = Instant.Civil(
      year: year, month: number(yearDigits, 2), day: number(yearDigits + 2, 2), hour: number(yearDigits + 4, 2),
      minute: number(yearDigits + 6, 2), second: number(yearDigits + 8, 2))
    guard let instant = Instant(civil: civil) else { throw .badTime }
    return instant
  }
}

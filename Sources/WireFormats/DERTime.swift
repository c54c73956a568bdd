extension DERWriter {
  /// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on, in whole seconds.
  public mutating func time(_ instant: Instant) {
    let parts = instant.civil
    if (1950...2049).contains(parts.year) {
      primitive(DERTag.utcTime, Self.digits(parts.year % 100, 2) + Self.dayAndTime(parts))
    } else {
      generalizedTime(instant)
    }
  }

  /// GeneralizedTime, `YYYYMMDDHHMMSSZ` (RFC 6960 wants it for every time).
  public mutating func generalizedTime(_ instant: Instant) {
    let parts = instant.civil
    primitive(DERTag.generalizedTime, Self.digits(parts.year, 4) + Self.dayAndTime(parts))
  }

  private static func dayAndTime(_ parts: Instant.Civil) -> [UInt8] {
    digits(parts.month, 2) + digits(parts.day, 2) + digits(parts.hour, 2) + digits(parts.minute, 2)
      + digits(parts.second, 2) + [UInt8(ascii: "Z")]
  }

  private static func digits(_ value: Int, _ count: Int) -> [UInt8] {
    var rest = value
    var octets = [UInt8](repeating: 0x30, count: count)
    for index in stride(from: count - 1, through: 0, by: -1) {
      octets[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    return octets
  }
}

extension DERReader {
  /// A UTCTime or GeneralizedTime in the only forms that RFC 5280 §4.1.2.5 allows: in seconds, ending in Z.
  public mutating func readTime() throws(DERError) -> Instant {
    let element = try read()
    let content = Array(element.content)
    let yearDigits: Int
    switch element.tag {
    case DERTag.utcTime: yearDigits = 2
    case DERTag.generalizedTime: yearDigits = 4
    default: throw .unexpectedTag(found: element.tag, expected: DERTag.utcTime)
    }
    guard content.count == yearDigits + 11, content.last == UInt8(ascii: "Z"),
      content.dropLast().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { throw .badTime }
    func number(_ start: Int, _ count: Int) -> Int {
      content[start..<start + count].reduce(0) { $0 * 10 + Int($1 - 0x30) }
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

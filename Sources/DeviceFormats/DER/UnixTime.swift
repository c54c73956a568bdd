/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct UnixTime: Equatable {
  public let seconds: Int64

  public init(seconds: Int64) { self.seconds = seconds }

  /// RFC 5280 §4.1.2.5: UTCTime to the year 2049, GeneralizedTime from 2050 on; seconds are there, the zone is Z, and
  /// there are no fractions.
  init(_ item: DERItem) throws(FormatError) {
    let text = item.content
    var year: Int32
    var index: Int
    if item.tag == TagOctet.utcTime {
      guard text.count == 13 else { throw .badTime }
      let short = try UnixTime.digits(text, 0)
      (year, index) = (short < 50 ? 2000 &+ short : 1900 &+ short, 2)
    } else if item.tag == TagOctet.generalizedTime {
      guard text.count == 15 else { throw .badTime }
      (year, index) = (try UnixTime.digits(text, 0) &* 100 &+ UnixTime.digits(text, 2), 4)
    } else {
      throw .unexpectedTag
    }
    guard text.last == 0x5A else { throw .badTime }
    let month = try UnixTime.digits(text, index)
    let day = try UnixTime.digits(text, index &+ 2)
    let hour = try UnixTime.digits(text, index &+ 4)
    let minute = try UnixTime.digits(text, index &+ 6)
    let second = try UnixTime.digits(text, index &+ 8)
    guard month >= 1, month <= 12, day >= 1, day <= UnixTime.days(in: month, of: year), hour < 24, minute < 60,
      second < 60
    else { throw .badTime }
    let days = Int64(UnixTime.day(year, month, day))
    seconds = days &* 86_400 &+ Int64((hour &* 60 &+ minute) &* 60 &+ second)
  }

  private static func digits(_ text: ByteView, _ index: Int) throws(FormatError) -> Int32 {
    guard let tens = text.byte(index), let ones = text.byte(index &+ 1), tens >= 0x30, tens <= 0x39, ones >= 0x30,
      ones <= 0x39
    else { throw .badTime }
    return Int32(tens &- 0x30) &* 10 &+ Int32(ones &- 0x30)
  }

  private static func days(in month: Int32, of year: Int32) -> Int32 {
    if month == 2 { return year & 3 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar, years from 0 to 9999; March begins the year.
  private static func day(_ year: Int32, _ month: Int32, _ day: Int32) -> Int32 {
    let shifted = year &+ 400 &- (month <= 2 ? 1 : 0)
    let inYear = (153 &* (month &+ (month > 2 ? -3 : 9)) &+ 2) / 5 &+ day &- 1
    // 719,468 days lie before 1970-01-01, and 146,097 in the 400 years added above, which keep it positive.
    return shifted &* 365 &+ shifted / 4 &- shifted / 100 &+ shifted / 400 &+ inYear &- 719_468 &- 146_097
  }
}

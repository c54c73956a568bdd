/// A moment as whole milliseconds since 1970-01-01T00:00:00Z: what the store keeps and what certificates state.
///
/// Not `Date`: a `Double` of seconds since 2001 does not compare equal after a round trip through a database.
public struct Instant: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds &* 1000 }

  public init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }

  /// RFC 5280 §4.1.2.5: no expiry, 9999-12-31T23:59:59Z.
  public static let noExpiry = Instant(seconds: 253_402_300_799)

  public var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }
  /// Cut to a whole second, since certificates carry no fractions.
  public var wholeSecond: Instant { Instant(seconds: seconds) }

  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

  /// Saturates at `noExpiry` and at 1970, so that no lifetime overflows.
  public static func + (left: Instant, right: Span) -> Instant {
    let (sum, overflow) = left.milliseconds.addingReportingOverflow(right.milliseconds)
    if overflow || sum > noExpiry.milliseconds { return right.milliseconds < 0 ? Instant(seconds: 0) : noExpiry }
    return Instant(milliseconds: max(sum, 0))
  }

  public static func - (left: Instant, right: Span) -> Instant { left + Span(milliseconds: 0 &- right.milliseconds) }
  public static func - (left: Instant, right: Instant) -> Span {
    Span(milliseconds: left.milliseconds &- right.milliseconds)
  }

  /// RFC 3339 in UTC with whole seconds, for example `2026-11-21T08:00:00Z`.
  public var description: String {
    let parts = civil
    // Octet by octet: every certificate writes some of these.
    var text: [UInt8] = []
    text.reserveCapacity(20)
    func append(_ value: Int, _ end: Unicode.Scalar) {
      text.append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
      text.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
      text.append(UInt8(ascii: end))
    }
    if (0...9999).contains(parts.year) {
      append(parts.year / 100, "-")
      text.removeLast()
      append(parts.year % 100, "-")
    } else {
      text.append(contentsOf: "\(parts.year)-".utf8)
    }
    append(parts.month, "-")
    append(parts.day, "T")
    append(parts.hour, ":")
    append(parts.minute, ":")
    append(parts.second, "Z")
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads what `description` writes (and a space for `T`, fractions ignored); nil otherwise.
  public init?(_ text: String) {
    let octets = Array(text.utf8)
    guard octets.count >= 20, octets.count <= 30, octets.last == UInt8(ascii: "Z"),
      octets[4] == 0x2D, octets[7] == 0x2D, octets[10] == 0x54 || octets[10] == 0x20, octets[13] == 0x3A,
      octets[16] == 0x3A
    else { return nil }
    guard octets.count == 20 || octets[19] == 0x2E else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for octet in octets[range] {
        guard octet >= 0x30, octet <= 0x39 else { return nil }
        value = value * 10 + Int(octet - 0x30)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19),
      let instant = Instant(
        civil: Civil(year: year, month: month, day: day, hour: hour, minute: minute, second: second))
    else { return nil }
    self = instant
  }

  /// The proleptic Gregorian calendar's parts, in UTC.
  public struct Civil: Hashable, Sendable {
    public var year, month, day, hour, minute, second: Int
    public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
      (self.year, self.month, self.day, self.hour, self.minute, self.second) = (year, month, day, hour, minute, second)
    }
  }

  /// Nil for a day that does not exist.
  public init?(civil: Civil) {
    let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...9999).contains(civil.year), (1...12).contains(civil.month), (0...23).contains(civil.hour),
      (0...59).contains(civil.minute), (0...59).contains(civil.second),
      (1...lengths[civil.month - 1]).contains(civil.day)
    else { return nil }
    let days = Self.days(year: civil.year, month: civil.month, day: civil.day)
    self.init(seconds: Int64(days * 86_400 + civil.hour * 3600 + civil.minute * 60 + civil.second))
    guard self.civil == civil else { return nil }
  }

  public var civil: Civil {
    let total = Int(seconds)
    let days = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
    let rest = total - days * 86_400
    // Days to a civil date by 400-year eras that begin on March 1, so that the leap day is an era year's last.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return Civil(
      year: year, month: month, day: dayOfYear - (153 * marchMonth + 2) / 5 + 1, hour: rest / 3600,
      minute: rest % 3600 / 60, second: rest % 60)
  }

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

/// A length of time in whole milliseconds.
public struct Span: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public static func seconds(_ count: Int64) -> Span { Span(milliseconds: count &* 1000) }
  public static func minutes(_ count: Int64) -> Span { seconds(count &* 60) }
  public static func hours(_ count: Int64) -> Span { seconds(count &* 3600) }
  public static func days(_ count: Int64) -> Span { seconds(count &* 86_400) }

  public var seconds: Int64 { milliseconds / 1000 }
  public static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }

  /// Reads `90s`, `15m`, `24h`, `7d`, `2w` or `10y` (a year is 365 days); nil otherwise, and over 10,000 years.
  public init?(_ text: String) {
    guard let unit = text.last, let count = Int64(text.dropLast()), count >= 0, text.first?.isNumber == true else {
      return nil
    }
    let scale: Int64
    switch unit {
    case "s": scale = 1
    case "m": scale = 60
    case "h": scale = 3600
    case "d": scale = 86_400
    case "w": scale = 604_800
    case "y": scale = 31_536_000
    default: return nil
    }
    let (total, overflow) = count.multipliedReportingOverflow(by: scale)
    guard !overflow, total <= 315_360_000_000 else { return nil }
    self = .seconds(total)
  }

  /// The largest unit that divides it: `7d`, `24h` becomes `1d`.
  public var description: String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m")]
    for (size, name) in units where seconds != 0 && seconds % size == 0 { return "\(seconds / size)\(name)" }
    return "\(seconds)s"
  }
}

import WireFormats

/// Dates as HTTP writes them (RFC 9110 §5.6.7), for example `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1970-01-01 was a Thursday
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(_ instant: Instant) -> String {
    let parts = instant.civil
    let day = Int(max(instant.seconds, 0) / 86_400 % 7)
    let date = "\(padded(parts.day)) \(months[(parts.month - 1) % 12]) \(parts.year)"
    return "\(days[day]), \(date) \(padded(parts.hour)):\(padded(parts.minute)):\(padded(parts.second)) GMT"
  }

  /// Reads the preferred form alone; nil for the two obsolete ones, which only make an answer whole again.
  static func parse(_ text: some StringProtocol) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
      let month = months.firstIndex(where: { $0 == parts[2] })
    else { return nil }
    let time = parts[4].split(separator: ":").compactMap { Int($0) }
    guard time.count == 3, let hour = time.first, let second = time.last else { return nil }
    return Instant(
      civil: Instant.Civil(year: year, month: month + 1, day: day, hour: hour, minute: time[1], second: second))
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

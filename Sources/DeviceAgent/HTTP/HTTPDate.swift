import WireFormats

/// IMF-fixdate (RFC 9110 §5.6.7), which is what servers write: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func parse(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
      let month = months.firstIndex(where: { $0 == parts[2] })
    else { return nil }
    let clock = parts[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    // A leap second counts as the one before it.
    return Instant(
      civil: .init(
        year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: min(clock[2], 59)))
  }
}

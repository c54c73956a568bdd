import WireFormats

/// Moments and lengths of time for reading. What is not a moment is shown as it came.
package enum ReadableTime {
  /// `2026-11-21 08:00`, in UTC; `never` for no expiry (RFC 5280 §4.1.2.5); nothing for nothing.
  package static func minute(_ text: String?) -> String {
    guard let text else { return "" }
    guard let instant = Instant(text) else { return text }
    return minute(instant)
  }

  package static func minute(_ instant: Instant) -> String {
    guard instant < .noExpiry.wholeSecond else { return "never" }
    let text = instant.description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
  }

  /// `in 6 days`, `3 hours ago`, `now`: the largest whole unit.
  package static func distance(to instant: Instant, from now: Instant) -> String {
    let seconds = (instant - now).seconds
    let length = length(abs(seconds))
    return length.isEmpty ? "now" : seconds < 0 ? "\(length) ago" : "in \(length)"
  }

  private static func length(_ seconds: Int64) -> String {
    let units: [(Int64, String)] = [(31_536_000, "year"), (86_400, "day"), (3600, "hour"), (60, "minute")]
    for (size, name) in units where seconds >= size {
      let count = seconds / size
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    return ""
  }
}

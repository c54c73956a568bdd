import Synchronization
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The Date header's text (RFC 9110 §5.6.7, IMF-fixdate), written once a second.
final class HTTPDate: Sendable {
  private let last = Mutex<(second: Int, text: String)>((.min, ""))

  func now() -> String {
    let second = time(nil)
    return last.withLock { last in
      if last.second != second { last = (second, Self.text(Instant(seconds: Int64(second)))) }
      return last.text
    }
  }

  static func text(_ instant: Instant) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let civil = instant.civil
    // 1970-01-01 was a Thursday.
    let weekday = days[Int((instant.seconds / 86_400 % 7 + 7) % 7)]
    let month = months[(civil.month - 1) % 12]
    return "\(weekday), \(two(civil.day)) \(month) \(civil.year) \(two(civil.hour)):\(two(civil.minute)):"
      + "\(two(civil.second)) GMT"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

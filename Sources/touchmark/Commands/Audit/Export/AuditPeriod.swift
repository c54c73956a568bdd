import ArgumentParser
import WireFormats

/// `FROM..TO`: days or moments in UTC, both included.
package struct AuditPeriod: ExpressibleByArgument, Hashable, Sendable {
  package let from: Instant
  /// The last millisecond of the period.
  package let to: Instant

  package init?(argument: String) {
    guard let dots = argument.firstRange(of: ".."),
      let from = Self.moment(argument[..<dots.lowerBound]), let to = Self.moment(argument[dots.upperBound...]),
      from.at <= to.at
    else { return nil }
    self.from = from.at
    self.to = to.at + Span(milliseconds: to.isDay ? Span.days(1).milliseconds - 1 : 999)
  }

  /// `2026-11-21` or `2026-11-21T08:00:00Z`.
  private static func moment(_ text: Substring) -> (at: Instant, isDay: Bool)? {
    if let at = Instant(String(text)) { return (at, false) }
    return Instant("\(text)T00:00:00Z").map { ($0, true) }
  }
}

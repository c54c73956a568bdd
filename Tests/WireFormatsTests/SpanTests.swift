import Testing
import WireFormats

@Suite struct SpanTests {
  @Test(arguments: [
    ("0s", 0), ("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), ("10y", 315_360_000),
  ])
  func text(text: String, seconds: Int64) throws { #expect(try #require(Span(text)).seconds == seconds) }

  @Test(arguments: [
    "", "d", "7", "7 d", " 7d", "-7d", "+7d", "7D", "7dd", "1.5h", "99999999999999999999y", "10001y", "٣d",
  ])
  func refused(text: String) { #expect(Span(text) == nil) }

  @Test(arguments: [
    ("7d", "7d"), ("24h", "1d"), ("90s", "90s"), ("120s", "2m"), ("36h", "36h"), ("0s", "0s"), ("2w", "14d"),
  ])
  func description(text: String, shown: String) throws { #expect(try #require(Span(text)).description == shown) }

  @Test func order() {
    #expect(Span.minutes(59) < .hours(1))
    #expect(Span.days(1) == .hours(24))
  }
}

import Foundation
import Testing
import WireFormats

@Suite struct InstantTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2000-03-01T00:00:00Z", 951_868_800), ("2026-11-21T08:35:00Z", 1_795_250_100),
    ("9999-12-31T23:59:59Z", 253_402_300_799), ("1969-12-31T23:59:59Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800),
  ])
  func text(text: String, seconds: Int64) throws {
    let instant = try #require(Instant(text))
    #expect(instant.seconds == seconds)
    #expect(instant.description == text)
  }

  /// Against another implementation of the same calendar, day by day over leap years, centuries and the year 0 of an
  /// era.
  @Test func agreesWithFoundation() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    let start: Int64 = -2_208_988_800  // 1900
    for day in stride(from: Int64(0), to: 120_000, by: 7) {
      let instant = Instant(seconds: start + day * 86_400 + day % 86_400)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(instant.seconds)))
      let civil = instant.civil
      #expect(
        [civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second] == [
          parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second,
        ])
      #expect(Instant(civil: civil) == instant)
    }
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T08:35:00", "2026-11-21T08:35:00+01:00", "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
    "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
    "0000-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "2026/01/01T00:00:00Z", "2026-01-01T00:00:0éZ",
    "2026-01-01T00:00:00.1234567890123Z",
  ])
  func refused(text: String) { #expect(Instant(text) == nil) }

  @Test func leapYears() {
    for (year, hasLeapDay) in [(2000, true), (2024, true), (2026, false), (2100, false), (2400, true)] {
      let civil = Instant.Civil(year: year, month: 2, day: 29, hour: 0, minute: 0, second: 0)
      #expect((Instant(civil: civil) != nil) == hasLeapDay)
    }
  }

  @Test func arithmeticSaturates() {
    #expect(Instant.noExpiry + .days(1) == .noExpiry)
    #expect(Instant(milliseconds: .max) + .days(1) == .noExpiry)
    #expect(Instant(seconds: 10) - .seconds(20) == Instant(seconds: 0))
    #expect(Instant(seconds: 10) + .seconds(20) == Instant(seconds: 30))
    #expect(Instant(seconds: 30) - Instant(seconds: 10) == .seconds(20))
  }

  @Test func wholeSeconds() {
    #expect(Instant(milliseconds: 1999).wholeSecond == Instant(seconds: 1))
    #expect(Instant(milliseconds: -1).wholeSecond == Instant(seconds: -1))
    #expect(Instant(milliseconds: 1500).description == "1970-01-01T00:00:01Z")
  }

  @Test func extremesDoNotTrap() {
    for milliseconds in [Int64.min, .min + 1, .max - 1, .max] {
      let instant = Instant(milliseconds: milliseconds)
      _ = instant.civil
      _ = instant.description
      _ = DERWriter.build { $0.time(instant) }
    }
  }

  @Test func survivesJSON() throws {
    let instants = [Instant(milliseconds: 1_795_250_100_123), .noExpiry, Instant(seconds: -5)]
    #expect(try JSONDecoder().decode([Instant].self, from: JSONEncoder().encode(instants)) == instants)
  }
}

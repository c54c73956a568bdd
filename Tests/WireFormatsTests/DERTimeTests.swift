import Testing
import WireFormats

@Suite struct DERTimeTests {
  // RFC 5280 §4.1.2.5: UTCTime through 2049.
  @Test(arguments: [
    ("2026-11-21T08:00:00Z", "\u{17}\u{0D}261121080000Z"),
    ("2049-12-31T23:59:59Z", "\u{17}\u{0D}491231235959Z"),
    ("2050-01-01T00:00:00Z", "\u{18}\u{0F}20500101000000Z"),
    ("9999-12-31T23:59:59Z", "\u{18}\u{0F}99991231235959Z"),
    ("1950-01-01T00:00:00Z", "\u{17}\u{0D}500101000000Z"),
    ("1949-12-31T23:59:59Z", "\u{18}\u{0F}19491231235959Z"),
    ("2000-02-29T12:34:56Z", "\u{17}\u{0D}000229123456Z"),
  ])
  func bothWays(text: String, encoded: String) throws {
    let instant = try #require(Instant(text))
    let bytes = DERWriter.build { $0.time(instant) }
    #expect(bytes == Array(encoded.utf8))
    #expect(DERWriter.timeLength(instant) == bytes.count)
    var reader = DERReader(bytes)
    #expect(try reader.readTime() == instant)
  }

  @Test func generalizedAlways() throws {
    let bytes = DERWriter.build { $0.generalizedTime(Instant(seconds: 0)) }
    #expect(bytes == [0x18, 0x0F] + Array("19700101000000Z".utf8))
  }

  @Test(arguments: [
    (0x17, "2611210800Z"), (0x17, "261121080000+0100"), (0x17, "261121080000"), (0x17, "261121080000z"),
    (0x17, "20261121080000Z"), (0x18, "261121080000Z"), (0x18, "20261121080000.5Z"), (0x18, "20261121080000"),
    (0x17, "261321080000Z"), (0x17, "260001080000Z"), (0x17, "260230080000Z"), (0x17, "250229080000Z"),
    (0x17, "261121240000Z"), (0x17, "261121086000Z"), (0x17, "261121080060Z"), (0x17, "2611210800é"),
    (0x18, "00000101000000Z"), (0x04, "261121080000Z"), (0x17, ""), (0x17, "-61121080000Z"), (0x17, " 61121080000Z"),
  ])
  func refused(tag: UInt8, text: String) {
    var reader = DERReader(DERWriter.build { $0.primitive(tag, text.utf8) })
    #expect(throws: DERError.self) { try reader.readTime() }
  }
}

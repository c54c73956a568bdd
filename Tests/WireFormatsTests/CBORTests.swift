import TestKit
import Testing
import WireFormats

@Suite struct CBORTests {
  // RFC 8949 Appendix A, those of the types that are read.
  @Test(arguments: [
    ("00", CBOR.unsigned(0)), ("1818", .unsigned(24)), ("1903e8", .unsigned(1000)),
    ("1a000f4240", .unsigned(1_000_000)),
    ("1b000000e8d4a51000", .unsigned(1_000_000_000_000)), ("20", .negative(0)), ("3903e7", .negative(999)),
    ("4401020304", .bytes([1, 2, 3, 4])), ("6449455446", .text("IETF")), ("80", .array([])),
    ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])), ("a0", .map([])), ("f4", .boolean(false)),
    ("f5", .boolean(true)), ("f6", .null),
    (
      "a26161016162820203",
      .map([.init(.text("a"), .unsigned(1)), .init(.text("b"), .array([.unsigned(2), .unsigned(3)]))])
    ),
  ])
  func reads(hex: String, value: CBOR) throws {
    #expect(try CBORReader.parse(try #require(Hex.decode(hex))) == value)
  }

  @Test(arguments: [
    ("", CBORError.truncated), ("18", .truncated), ("1817", .notShortest), ("190001", .notShortest),
    ("44010203", .truncated),
    ("62c328", .notUTF8), ("9fff", .unsupported), ("5f4101ff", .unsupported), ("fb3ff199999999999a", .unsupported),
    ("c074", .unsupported), ("f7", .unsupported), ("1c", .unsupported), ("0000", .trailing),
    ("a2616101616102", .repeatedKey),
    ("9b7fffffffffffffff", .truncated), ("bb7fffffffffffffff00", .truncated), ("818181818181818100", .tooDeep),
  ])
  func refuses(hex: String, error: CBORError) throws {
    let octets = try #require(Hex.decode(hex))
    #expect(throws: error) { try CBORReader.parse(octets) }
  }

  @Test func survivesWhatIsDamaged() throws {
    let sample = try #require(Hex.decode("a363666d74647374657067617474537461a1637835638143010203617601"))
    for damaged in Mutations(of: sample, count: 5000) { _ = try? CBORReader.parse(damaged) }
  }
}

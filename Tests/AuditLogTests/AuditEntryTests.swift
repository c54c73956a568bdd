import AuditLog
import Crypto
import TestKit
import Testing
import WireFormats

@Suite struct AuditEntryTests {
  static let full = AuditEntry(
    at: Instant(milliseconds: 1_795_248_000_042), actor: "administrator:ab", door: "command", act: "device.suspend",
    subject: "device:7", outcome: "ok", reason: "said \"lost\"\n\u{01}\u{7F}é€😀/\\",
    details: ["z": "1", "a": "", "é": "x"])

  @Test func canonicalForm() {
    let text =
      #"{"act":"device.suspend","actor":"administrator:ab","at":"2026-11-21T08:00:00.042Z","#
      + #""details":{"a":"","z":"1","é":"x"},"door":"command","outcome":"ok","#
      + #""reason":"said \"lost\"\n\u0001"# + "\u{7F}" + #"é€😀/\\","subject":"device:7"}"#
    #expect(String(decoding: Self.full.encoded(), as: UTF8.self) == text)
  }

  /// RFC 8785 §3.2.3: U+10000 and above sort by their surrogates, before U+E000 to U+FFFF.
  @Test func membersAreSortedByUTF16() {
    let entry = AuditEntry(
      at: Instant(seconds: 0), actor: "", door: "", act: "", subject: "", outcome: "",
      details: ["\u{FF5E}": "2", "\u{10000}": "1"])
    #expect(String(decoding: entry.encoded(), as: UTF8.self).contains(#"{"𐀀":"1","～":"2"}"#))
  }

  @Test(arguments: [
    full, SampleLog.entry(0), SampleLog.entry(1),
    AuditEntry(at: .noExpiry, actor: "", door: "", act: "", subject: "", outcome: "", details: ["": ""]),
    AuditEntry(
      at: Instant(milliseconds: 1), actor: "\u{0}\u{1F}\t\u{8}\u{C}\r", door: "", act: "", subject: "", outcome: ""),
  ])
  func roundTrip(_ entry: AuditEntry) throws {
    #expect(try AuditEntry(decoding: entry.encoded()) == entry)
  }

  @Test func timesOutsideRFC3339AreMoved() {
    let early = AuditEntry(
      at: Instant(milliseconds: -5), actor: "", door: "", act: "", subject: "", outcome: "")
    #expect(early.at == Instant(seconds: 0))
    let late = AuditEntry(
      at: Instant(milliseconds: .max), actor: "", door: "", act: "", subject: "", outcome: "")
    #expect(late.at == .noExpiry)
  }

  static let plain =
    #"{"act":"a","actor":"b","at":"2026-11-21T08:00:00.000Z","details":{},"door":"c","#
    + #""outcome":"ok","subject":"d"}"#

  @Test func plainIsTaken() throws {
    #expect(try AuditEntry(decoding: Array(Self.plain.utf8)).subject == "d")
  }

  @Test(arguments: [
    ("", AuditEntryError.malformed), ("{}", .malformed), ("[]", .malformed), (plain + " ", .malformed),
    (plain.replacing(#""act":"a","#, with: ""), .malformed),
    (plain.replacing(#""act":"a""#, with: #""act":1"#), .malformed),
    (plain.replacing(#""act":"a""#, with: #""act":{}"#), .malformed),
    (plain.replacing(#""act":"a""#, with: #""act":"a","act":"a""#), .malformed),
    (plain.replacing(#""act":"a""#, with: #""act":"a","also":"x""#), .malformed),
    (plain.replacing(#""details":{}"#, with: #""details":{"x":{}}"#), .malformed),
    (plain.replacing(#""details":{}"#, with: #""details":{"x":{"y":"z"}}"#), .malformed),
    (plain.replacing(#""details":{}"#, with: #""details":{"x":1}"#), .malformed),
    (plain.replacing(#""details":{}"#, with: #""details":[]"#), .malformed),
    (plain.replacing(".000Z", with: "Z"), .malformed), (plain.replacing("-21T", with: "-31T"), .malformed),
    (plain.replacing(".000Z", with: ".+12Z"), .notCanonical),
    (plain.replacing("-21T", with: "-21 "), .notCanonical),
    (plain.replacing(#""a""#, with: #""\u0061""#), .malformed),
    (plain.replacing(#""a""#, with: #""\u000a""#), .notCanonical),
    (plain.replacing(#""a""#, with: #""\x""#), .malformed), (plain.replacing(#""a""#, with: #""\u00"#), .malformed),
    (plain.replacing(#""act":"a","actor":"b","#, with: #""actor":"b","act":"a","#), .notCanonical),
    (plain.replacing(":{", with: ": {"), .malformed),
  ])
  func othersAreRefused(_ text: String, _ error: AuditEntryError) {
    #expect(throws: error) { try AuditEntry(decoding: Array(text.utf8)) }
  }

  @Test func invalidUTF8IsRefused() {
    var octets = Array(Self.plain.utf8)
    octets[8] = 0xFF
    #expect(throws: AuditEntryError.malformed) { try AuditEntry(decoding: octets) }
  }

  /// Whatever is taken is written the same: there is one form of each entry.
  @Test func mutationsAreRefusedOrCanonical() {
    var taken = 0
    for octets in Mutations(of: Self.full.encoded(), count: 20_000) {
      guard let entry = try? AuditEntry(decoding: octets) else { continue }
      taken += 1
      #expect(entry.encoded() == octets)
    }
    #expect(taken > 0)
  }

  /// The form that docs/audit.md states, written out.
  @Test func leafDigest() {
    let salt = Array(UInt8(0)..<16)
    let leaf = AuditLeaf(salt: salt, entry: Array("{}".utf8))
    #expect(leaf.digest == Array(SHA256.hash(data: Array("touchmark/audit/v1\n".utf8) + salt + Array("{}".utf8))))
    #expect(Hex.encode(leaf.digest) == "4de56a3e8498d3e4f0eb7adb17ce0350e1657b1c6cd40aa10fa3e980e1efc7d8")
  }

  @Test func saltsDiffer() {
    let (first, second) = (AuditLeaf.make(Self.full), AuditLeaf.make(Self.full))
    #expect(first.salt.count == 16)
    #expect(first.salt != second.salt)
    #expect(first.digest != second.digest)
    #expect(first.entry == second.entry)
  }
}

import Testing
import WireFormats

@Suite struct ObjectIdentifierTests {
  @Test(arguments: [
    ("2.5.29.17", "551d11"), ("1.2.840.113549", "2a864886f70d"), ("0.9.2342.19200300.100.1.25", "0992268993f22c640119"),
    ("2.999.3", "883703"), ("0.0", "00"), ("1.39", "4f"), ("2.40", "78"),
    ("1.3.6.1.4.1.37244.2.1", "2b0601040182a27c0201"),
  ])
  func bothWays(dotted: String, hex: String) throws {
    let identifier = try #require(ObjectIdentifier(dotted: dotted))
    #expect(Hex.encode(identifier.content) == hex)
    #expect(identifier.description == dotted)
    #expect(try ObjectIdentifier(content: (try #require(Hex.decode(hex)))[...]) == identifier)
  }

  @Test(arguments: ["", "1", "3.1", "1.40", "0.40", "1..2", ".1.2", "1.2.", "1.02", "1.-2", "1.a", "1.٣", "1.2 "])
  func badText(text: String) { #expect(ObjectIdentifier(dotted: text) == nil) }

  // X.690 §8.19.2: an arc is minimal and complete.
  @Test(arguments: ["", "80", "2a80", "2a8001", "2a86", "8081", "2affffffffffffffffffff7f"])
  func badContent(hex: String) throws {
    let content = try #require(Hex.decode(hex))
    #expect(throws: DERError.badObjectIdentifier) { try ObjectIdentifier(content: content[...]) }
  }

  @Test func longestArc() throws {
    let content = try #require(Hex.decode("2affffffffffffffff7f"))
    #expect(try ObjectIdentifier(content: content[...]).description == "1.2.9223372036854775807")
  }

  @Test func tooLong() {
    #expect(throws: DERError.badObjectIdentifier) {
      try ObjectIdentifier(content: [UInt8](repeating: 1, count: 65)[...])
    }
  }
}

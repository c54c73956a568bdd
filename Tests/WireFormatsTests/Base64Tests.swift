import Testing
import WireFormats

@Suite struct Base64Tests {
  // RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func vectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
    let unpadded = String(encoded.prefix { $0 != "=" })
    #expect(Base64.encodeURL(Array(plain.utf8)) == unpadded)
    #expect(Base64.decodeURL(unpadded.utf8) == Array(plain.utf8))
  }

  @Test func everyOctetComesBack() {
    let bytes = (0..<3).flatMap { shift in (0...255).map { UInt8(truncatingIfNeeded: $0 + shift) } }
    for count in 0...bytes.count {
      let part = bytes.prefix(count)
      #expect(Base64.decode(Base64.encodeBytes(part)) == Array(part))
      #expect(Base64.decodeURL(Base64.encodeURL(part).utf8) == Array(part))
    }
  }

  @Test func alphabetsDiffer() {
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64.encodeURL([0xFB, 0xFF]) == "-_8")
    #expect(Base64.decode("-_8=".utf8) == nil)
    #expect(Base64.decodeURL("+/8".utf8) == nil)
  }

  // RFC 8951 §3.1: white space in a body is ignored; clients wrap at 64, at 76, or not at all.
  @Test(arguments: ["Zm9v\nYmFy", "Zm9v\r\nYmFy\r\n", " Zm9v YmFy ", "Zm\t9vYmFy\n\n"])
  func whiteSpaceIsIgnored(text: String) {
    #expect(Base64.decode(text.utf8) == Array("foobar".utf8))
    #expect(Base64.decodeURL(text.utf8) == nil)
  }

  @Test(arguments: ["Z", "Zm9vY", "Zm9v*", "Zg===", "Zg=v", "=Zg", "Zm9v\u{0}", "Zm9vé", "Zm9v.", "-----BEGIN"])
  func refused(text: String) { #expect(Base64.decode(text.utf8) == nil) }

  @Test func paddingMayBeMissing() { #expect(Base64.decode("Zm8".utf8) == Array("fo".utf8)) }
}

import Testing
import WireFormats

@Suite struct HexTests {
  @Test func everyOctetComesBack() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
    #expect(Hex.encode([0x00, 0x0F, 0xA0]) == "000fa0")
  }

  @Test(arguments: ["0", "0g", "0x00", "00 ", " 00", "00:11", "é0"])
  func refused(text: String) { #expect(Hex.decode(text) == nil) }

  @Test func digits() {
    #expect((0...255).filter { Hex.isDigit(UInt8($0)) } == Array(0x30...0x39) + Array(0x41...0x46) + Array(0x61...0x66))
  }
}

import Testing
import WireFormats

@Suite struct DERWriterTests {
  // X.690 §8.3: minimal two's complement.
  @Test(arguments: [
    (0, "020100"), (1, "020101"), (127, "02017f"), (128, "02020080"), (255, "020200ff"), (256, "02020100"),
    (32_767, "02027fff"), (32_768, "0203008000"), (-1, "0201ff"), (-128, "020180"), (-129, "0202ff7f"),
    (Int.max, "02087fffffffffffffff"), (Int.min, "02088000000000000000"),
  ])
  func integers(value: Int, hex: String) {
    #expect(Hex.encode(DERWriter.build { $0.integer(value) }) == hex)
  }

  @Test(arguments: [
    ([], "020100"), ([0], "020100"), ([0, 0, 1], "020101"), ([0x7F], "02017f"), ([0x80], "02020080"),
    ([0, 0x80, 0], "0203008000"), ([1, 0], "02020100"),
  ])
  func unsignedIntegers(magnitude: [UInt8], hex: String) {
    #expect(Hex.encode(DERWriter.build { $0.unsignedInteger(magnitude) }) == hex)
  }

  @Test(arguments: [0, 1, 127, 128, 200, 255, 256, 1000, 65_535, 65_536, 70_000])
  func constructedLengths(count: Int) {
    let content = [UInt8](repeating: 0x11, count: count)
    let patched = DERWriter.build { $0.sequence { $0.raw(content) } }
    let known = DERWriter.build {
      $0.header(DERTag.sequence, length: count)
      $0.raw(content)
    }
    #expect(patched == known)
    #expect(patched.count == count + DERWriter.headerLength(count))
  }

  @Test func nesting() {
    let bytes = DERWriter.build {
      $0.sequence {
        $0.boolean(true)
        $0.constructed(DERTag.contextConstructed(3)) {
          $0.null()
          $0.bitString([0x80], unusedBits: 7)
        }
        $0.utf8String("é")
        $0.printableString("A")
        $0.ia5String("b")
        $0.ia5String("c", tag: DERTag.context(2))
      }
    }
    #expect(Hex.encode(bytes) == "30180101ffa3060500030207800c02c3a9130141160162820163")
  }

  struct Stop: Error {}

  @Test func errorsPassThrough() {
    #expect(throws: Stop.self) {
      _ = try DERWriter.build { (writer: inout DERWriter) throws(Stop) in
        try writer.sequence { (_: inout DERWriter) throws(Stop) in throw Stop() }
      }
    }
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct ECDSASignatureValueTests {
  @Test func bothWays() throws {
    for raw in [[UInt8](repeating: 0xFF, count: 64), [UInt8](repeating: 0, count: 63) + [1], Array(1...64)] {
      let encoded = try #require(ECDSASignatureValue.encode(raw: raw))
      #expect(ECDSASignatureValue.raw(encoded[...], coordinate: 32) == raw)
    }
    #expect(ECDSASignatureValue.encode(raw: [1, 2, 3]) == nil)
    #expect(ECDSASignatureValue.encode(raw: []) == nil)
  }

  // Negative numbers, numbers that are not minimal or too wide, and anything after them.
  @Test(arguments: [
    "", "3000", "3003020101", "30060201ff020101", "300702020001020101", "300602010102010100",
    "30080201010201010500",
    "3006020101040101", "30800201010201010000",
  ])
  func refused(hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(ECDSASignatureValue.raw(bytes[...], coordinate: 32) == nil)
  }

  @Test func tooWide() {
    let encoded = DERWriter.build {
      $0.sequence {
        $0.unsignedInteger([UInt8](repeating: 1, count: 33))
        $0.integer(1)
      }
    }
    #expect(ECDSASignatureValue.raw(encoded[...], coordinate: 32) == nil)
    #expect(ECDSASignatureValue.raw(encoded[...], coordinate: 48) != nil)
  }
}

import Testing
import WireFormats

@Suite struct BERTests {
  private func der(_ bytes: [UInt8]) throws(DERError) -> [UInt8] { try BER.der(bytes, maximumSize: 4096) }

  @Test func derStaysAsItIs() throws {
    let long = DERWriter.build { $0.sequence { for _ in 0..<40 { $0.octetString([1, 2, 3, 4, 5, 6, 7, 8]) } } }
    for bytes in [long, [0x30, 0x00], [0x05, 0x00], [0x31, 0x03, 0x02, 0x01, 0x07]] {
      #expect(try der(bytes) == bytes)
    }
  }

  @Test func indefiniteLengths() throws {
    #expect(try der([0x30, 0x80, 0x31, 0x80, 0x05, 0x00, 0, 0, 0, 0]) == [0x30, 0x04, 0x31, 0x02, 0x05, 0x00])
    let long = [0x30, 0x80, 0x04, 0x81, 0x80] + [UInt8](repeating: 7, count: 128) + [0, 0]
    #expect(try der(long) == [0x30, 0x81, 0x83, 0x04, 0x81, 0x80] + [UInt8](repeating: 7, count: 128))
  }

  @Test func lengthsThatAreNotMinimal() throws {
    #expect(try der([0x04, 0x81, 0x01, 9]) == [0x04, 0x01, 9])
    #expect(try der([0x04, 0x84, 0, 0, 0, 1, 9]) == [0x04, 0x01, 9])
  }

  /// X.690 §8.7.3.
  @Test func octetStringsInPieces() throws {
    #expect(try der([0x24, 0x80, 0x04, 0x01, 1, 0x04, 0x02, 2, 3, 0, 0]) == [0x04, 0x03, 1, 2, 3])
    #expect(try der([0x24, 0x07, 0x24, 0x80, 0x04, 0x01, 1, 0, 0]) == [0x04, 0x01, 1])
    #expect(try der([0x24, 0x80, 0, 0]) == [0x04, 0x00])
  }

  @Test func refused() {
    let cases: [([UInt8], DERError)] = [
      ([0x04, 0x80, 0, 0], .indefiniteLength), ([0x30, 0x80, 0x05, 0x00], .truncated), ([0x30], .truncated),
      ([], .truncated),
      ([0x30, 0x05, 0x04, 0x09, 1], .truncated), ([0x05, 0x00, 0x00], .trailingBytes),
      ([0x1F, 0x81, 0x01, 0x00], .highTagNumber), ([0x30, 0x02, 0, 0], .unexpectedTag(found: 0, expected: 0x30)),
      ([0x24, 0x02, 0x05, 0x00], .unexpectedTag(found: 0x05, expected: 0x04)),
      ([0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9], .tooLong),
      ([0x04, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .tooLong),
      ([UInt8](repeating: 0, count: 4097), .tooLong),
    ]
    for (bytes, error) in cases { #expect(throws: error) { try der(bytes) } }
    for tag: UInt8 in [0x30, 0x24] {
      let deep =
        (0..<BER.maximumDepth).flatMap { _ in [tag, 0x80] } + [UInt8](repeating: 0, count: 2 * BER.maximumDepth)
      #expect(throws: DERError.tooDeep) { try der([tag, 0x80] + deep + [0, 0]) }
    }
  }
}

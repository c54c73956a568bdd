import Testing
import WireFormats

@Suite struct DERReaderTests {
  private func read(_ hex: String) throws(DERError) -> DERElement {
    var reader = DERReader(Hex.decode(hex) ?? [])
    return try reader.read()
  }

  @Test(arguments: [
    ("", DERError.truncated), ("30", .truncated), ("3001", .truncated), ("0402ff", .truncated),
    ("0480", .indefiniteLength), ("308000000000", .indefiniteLength),
    ("048100", .lengthNotMinimal), ("04817f", .lengthNotMinimal), ("0482007f", .lengthNotMinimal),
    ("04820080", .lengthNotMinimal), ("0483008000", .lengthNotMinimal), ("048400000001ff", .lengthNotMinimal),
    ("0481", .truncated), ("048180", .truncated), ("04820100", .truncated), ("0484ffffffff", .truncated),
    ("04850000000001", .tooLong), ("04ff", .tooLong), ("0488ffffffffffffffff", .tooLong),
    ("1f8101", .highTagNumber), ("bf200100", .highTagNumber),
  ])
  func malformed(hex: String, error: DERError) {
    #expect(throws: error) { _ = try read(hex) }
  }

  @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536])
  func lengths(count: Int) throws {
    let content = [UInt8](repeating: 0xA5, count: count)
    var writer = DERWriter()
    writer.octetString(content)
    writer.null()
    var reader = DERReader(writer.bytes)
    let element = try reader.read()
    #expect(Array(element.content) == content)
    #expect(element.encoded.count == writer.bytes.count - 2)
    #expect(try reader.read(DERTag.null).content.isEmpty)
    #expect(reader.isAtEnd)
  }

  @Test func elementsInOrder() throws {
    var reader = DERReader([0x02, 0x01, 0x05, 0x30, 0x02, 0x05, 0x00])
    #expect(reader.nextTag == DERTag.integer)
    #expect(try reader.readSmallInteger() == 5)
    var inner = try reader.readSequence()
    #expect(throws: DERError.unexpectedTag(found: 5, expected: 4)) { try inner.readOctetString() }
    #expect(try inner.readOptional(DERTag.boolean) == nil)
    #expect(try inner.readOptional(DERTag.null) != nil)
    #expect(throws: DERError.truncated) { try inner.read(DERTag.null) }
    try inner.finish()
    try reader.finish()
  }

  @Test func rest() throws {
    var reader = DERReader([5, 0, 5, 0])
    _ = try reader.read()
    #expect(throws: DERError.trailingBytes) { try reader.finish() }
    #expect(Array(reader.remaining) == [5, 0])
  }

  @Test(arguments: [("0101ff", true), ("010100", false)])
  func booleans(hex: String, value: Bool) throws {
    var reader = DERReader(try #require(Hex.decode(hex)))
    #expect(try reader.readBoolean() == value)
  }

  @Test(arguments: ["010101", "0100", "0102ffff", "0201ff"])
  func badBooleans(hex: String) throws {
    var reader = DERReader(try #require(Hex.decode(hex)))
    #expect(throws: DERError.self) { try reader.readBoolean() }
  }

  // X.690 §8.3.2.
  @Test(arguments: ["0200", "02020001", "0202007f", "0202ff80", "0202ffff", "0203000001"])
  func integersThatAreNotMinimal(hex: String) throws {
    var reader = DERReader(try #require(Hex.decode(hex)))
    #expect(throws: DERError.badInteger) { try reader.readIntegerBytes() }
  }

  @Test(arguments: [("020100", 0), ("02017f", 127), ("02020080", 128), ("02047fffffff", 0x7FFF_FFFF)])
  func smallIntegers(hex: String, value: Int) throws {
    var reader = DERReader(try #require(Hex.decode(hex)))
    #expect(try reader.readSmallInteger() == value)
  }

  @Test(arguments: ["0201ff", "0202ff7f", "02050080000000", "02050100000000"])
  func notSmallIntegers(hex: String) throws {
    var reader = DERReader(try #require(Hex.decode(hex)))
    #expect(throws: DERError.badInteger) { try reader.readSmallInteger() }
  }

  @Test func bitStrings() throws {
    var reader = DERReader([0x03, 0x03, 0x00, 0xAB, 0xCD])
    #expect(try reader.readOctetAlignedBitString().elementsEqual([0xAB, 0xCD]))
    for bad: [UInt8] in [[0x03, 0x00], [0x03, 0x02, 0x01, 0x80], [0x23, 0x02, 0x00, 0x80]] {
      var reader = DERReader(bad)
      #expect(throws: DERError.self) { try reader.readOctetAlignedBitString() }
    }
  }

  /// Every prefix, and every octet changed to every value, of a structure: an error or a value, and never a trap.
  @Test func neverTraps() {
    let whole = DERWriter.build {
      $0.sequence {
        $0.integer(-129)
        $0.objectIdentifier(ObjectIdentifier([2, 5, 29, 17]))
        $0.bitString([1, 2, 3], unusedBits: 0)
        $0.time(Instant(seconds: 1_800_000_000))
        $0.octetString([UInt8](repeating: 1, count: 130))
      }
    }
    var read = 0
    for count in 0...whole.count { read += walk(Array(whole.prefix(count))) }
    for index in whole.indices {
      for value in UInt8.min ... .max {
        var changed = whole
        changed[index] = value
        read += walk(changed)
      }
    }
    #expect(read > 1000)
  }

  private func walk(_ bytes: [UInt8]) -> Int {
    var outer = DERReader(bytes)
    guard var reader = try? outer.readSequence() else { return 0 }
    var count = 0
    let start = reader
    while (try? reader.read()) != nil { count += 1 }
    for attempt in 0..<6 {
      var reader = start
      switch attempt {
      case 0: _ = try? reader.readIntegerBytes()
      case 1: _ = try? reader.readSmallInteger()
      case 2: _ = try? reader.readObjectIdentifier()
      case 3: _ = try? reader.readOctetAlignedBitString()
      case 4: _ = try? reader.readTime()
      default: _ = try? reader.readBoolean()
      }
    }
    return count
  }
}

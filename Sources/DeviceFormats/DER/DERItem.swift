/// One element: its tag octet, the whole of it, and what is inside.
public struct DERItem {
  public let tag: UInt8
  public let encoded: ByteView
  public let content: ByteView

  /// A reader of what is inside.
  public var cursor: DERCursor { DERCursor(content) }

  /// X.690 §11.1: TRUE is all ones.
  public func boolean() throws(FormatError) -> Bool {
    guard content.count == 1, let value = content.first else { throw .notDER }
    if value == 0 { return false }
    guard value == 0xFF else { throw .notDER }
    return true
  }

  /// An INTEGER's content octets, checked to be the shortest (X.690 §8.3.2).
  public func integer() throws(FormatError) -> ByteView {
    guard let first = content.first else { throw .badInteger }
    if let second = content.byte(1) {
      if first == 0, second < 0x80 { throw .notDER }
      if first == 0xFF, second >= 0x80 { throw .notDER }
    }
    return content
  }

  /// A number from 0 to 65,535.
  public func smallInteger() throws(FormatError) -> Int32 {
    let octets = try integer()
    guard let first = octets.first, first < 0x80, octets.count <= 3 else { throw .badInteger }
    var value: Int32 = 0
    var index = 0
    while let octet = octets.byte(index) {
      value = value << 8 | Int32(octet)
      index &+= 1
    }
    guard value <= 0xFFFF else { throw .badInteger }
    return value
  }

  /// A BIT STRING of whole octets.
  public func octetsOfBitString() throws(FormatError) -> ByteView {
    guard content.first == 0 else { throw .notDER }
    return content.dropFirst(1)
  }

  /// The first sixteen named bits, bit n at value 1 << n (X.680 §22.7).
  public func namedBits() throws(FormatError) -> UInt16 {
    guard let unused = content.first, unused < 8 else { throw .notDER }
    let octets = content.dropFirst(1)
    guard let last = octets.last else {
      guard unused == 0 else { throw .notDER }
      return 0
    }
    // X.690 §11.2.1 and §11.2.2: unused bits are zero, and trailing zero bits are not there.
    guard last & (1 &<< unused &- 1) == 0, last & 1 &<< unused != 0 else { throw .notDER }
    guard octets.count <= 2 else { throw .tooLong }
    return DERItem.mirrored(octets.byte(0) ?? 0) | DERItem.mirrored(octets.byte(1) ?? 0) << 8
  }

  private static func mirrored(_ octet: UInt8) -> UInt16 {
    var result: UInt16 = 0
    var bit: UInt8 = 0
    while bit < 8 {
      if octet & 0x80 &>> bit != 0 { result |= 1 &<< UInt16(bit) }
      bit &+= 1
    }
    return result
  }
}

/// An OBJECT IDENTIFIER of up to twelve content octets, compared as two numbers; a longer one equals none that is known
/// here.
public struct Identifier: Equatable {
  let head: UInt64
  let tail: UInt32
  let count: UInt8

  /// - Parameters:
  ///   - head: The first eight content octets, or all of them when there are fewer, as a number.
  ///   - tail: The octets after the eighth, as a number.
  init(_ count: UInt8, _ head: UInt64, _ tail: UInt32 = 0) { (self.count, self.head, self.tail) = (count, head, tail) }

  /// X.690 §8.19.2: no arc begins with 0x80, and the last octet ends one.
  init(content: ByteView) throws(FormatError) {
    var head: UInt64 = 0
    var tail: UInt32 = 0
    var begins = true
    var index = 0
    while let octet = content.byte(index) {
      if begins, octet == 0x80 { throw .notDER }
      begins = octet < 0x80
      if index < 8 { head = head << 8 | UInt64(octet) } else { tail = tail << 8 | UInt32(octet) }
      index &+= 1
    }
    guard begins, index > 0 else { throw .notDER }
    self.init(index > 12 ? 0 : UInt8(truncatingIfNeeded: index), head, tail)
  }

  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.head == right.head && left.tail == right.tail && left.count == right.count && left.count != 0
  }
}

// As static functions of no state, so that no global needs initializing on a board.
extension Identifier {
  /// id-ce, 2.5.29.n (RFC 5280 §4.2.1).
  static func certificateExtension(_ number: UInt8) -> Identifier { Identifier(3, 0x551D00 | UInt64(number)) }
  /// id-at, 2.5.4.n (X.520).
  public static func attribute(_ number: UInt8) -> Identifier { Identifier(3, 0x550400 | UInt64(number)) }
  /// id-kp, 1.3.6.1.5.5.7.3.n (RFC 5280 §4.2.1.12).
  static func purpose(_ number: UInt8) -> Identifier { Identifier(8, 0x2B06_0105_0507_0300 | UInt64(number)) }
  /// id-signedData, 1.2.840.113549.1.7.2 (RFC 5652 §5.1).
  static var signedData: Identifier { Identifier(9, 0x2A86_4886_F70D_0107, 0x02) }
}

/// Writes DER from its end to its beginning into a buffer of the caller's, so that each length is known when its header
/// is written.
struct DERBuffer {
  private let start: UnsafeMutablePointer<UInt8>?
  /// Where what was written begins.
  private(set) var position: Int
  private(set) var hasOverflowed = false

  /// - Parameter end: How much of the buffer there is to write into; writing begins there.
  init(start: UnsafeMutablePointer<UInt8>?, end: Int) {
    self.start = start
    position = start == nil || end < 0 ? 0 : end
  }

  mutating func prepend(_ octet: UInt8) {
    guard let start, position > 0 else {
      hasOverflowed = true
      return
    }
    position &-= 1
    start[position] = octet
  }

  mutating func prepend(_ bytes: ByteView) {
    var index = bytes.count
    while let octet = bytes.byte(index &- 1) {
      prepend(octet)
      index &-= 1
    }
  }

  /// The octets of a number, the last ones first; leading zeros are left out, one zero octet remains.
  mutating func prepend(number: UInt64) {
    var rest = number
    repeat {
      prepend(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    } while rest > 0
  }

  /// Header over what was written since the position was `end`.
  mutating func wrap(_ tag: UInt8, from end: Int) {
    let length = end &- position
    if length < 0x80 {
      prepend(UInt8(truncatingIfNeeded: length))
    } else {
      let before = position
      prepend(number: UInt64(truncatingIfNeeded: length))
      prepend(0x80 | UInt8(truncatingIfNeeded: before &- position))
    }
    prepend(tag)
  }
}

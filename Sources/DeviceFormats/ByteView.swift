/// Bytes that somebody else keeps: an address and a count, never copied and never owned.
///
/// It is good for as long as the caller's buffer is. Nothing here reads outside of it, and no index traps: what is asked
/// for beyond the end is nil, or cut.
public struct ByteView {
  public let start: UnsafePointer<UInt8>?
  public let count: Int

  /// - Parameter count: What is negative, or has no address, is an empty view.
  public init(start: UnsafePointer<UInt8>?, count: Int) {
    self.start = start
    self.count = start == nil || count < 0 ? 0 : count
  }

  public init() { (start, count) = (nil, 0) }

  /// Constant bytes of the program itself.
  public init(_ text: StaticString) {
    self.init(start: text.hasPointerRepresentation ? text.utf8Start : nil, count: text.utf8CodeUnitCount)
  }

  public var isEmpty: Bool { count == 0 }
  public var first: UInt8? { byte(0) }
  public var last: UInt8? { byte(count &- 1) }

  /// The byte at an index, nil outside.
  public func byte(_ index: Int) -> UInt8? {
    guard let start, index >= 0, index < count else { return nil }
    return start[index]
  }

  /// The first bytes, fewer where there are no more.
  public func prefix(_ length: Int) -> ByteView {
    ByteView(start: start, count: length < 0 ? 0 : length < count ? length : count)
  }

  /// What follows the first bytes, empty where there are no more.
  public func dropFirst(_ length: Int) -> ByteView {
    guard let start, length < count else { return ByteView() }
    return length <= 0 ? self : ByteView(start: start + length, count: count &- length)
  }

  /// Whether both hold the same bytes. For what is no secret: it stops at the first difference.
  public func equals(_ other: ByteView) -> Bool {
    guard count == other.count else { return false }
    guard let left = start, let right = other.start, left != right else { return true }
    var index = 0
    while index < count {
      if left[index] != right[index] { return false }
      index &+= 1
    }
    return true
  }
}

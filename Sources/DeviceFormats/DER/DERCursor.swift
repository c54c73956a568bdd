/// Reads the elements of a view one after the other, in DER and nothing else.
///
/// Nothing is read ahead and nothing recurses: how deep an object is read is how deep the code that reads it is.
public struct DERCursor {
  public private(set) var rest: ByteView

  public init(_ bytes: ByteView) { rest = bytes }

  public var isAtEnd: Bool { rest.isEmpty }
  /// The tag of the next element, nil at the end.
  public var nextTag: UInt8? { rest.first }

  /// The next element, whatever it is.
  public mutating func read() throws(FormatError) -> DERItem {
    guard let tag = rest.byte(0), let first = rest.byte(1) else { throw .truncated }
    // X.690 §8.1.2.4: tag numbers over 30 take more octets; nothing that is read here has one.
    guard tag & 0x1F != 0x1F else { throw .unexpectedTag }
    var header = 2
    var length = Int(first)
    if first >= 0x80 {
      // X.690 §10.1: definite, and in the fewest octets.
      let octets = Int(first & 0x7F)
      guard octets > 0 else { throw .notDER }
      guard octets <= 3 else { throw .tooLong }
      length = 0
      while header < 2 &+ octets {
        guard let next = rest.byte(header) else { throw .truncated }
        length = length << 8 | Int(next)
        header &+= 1
      }
      guard length >= (octets == 1 ? 0x80 : 1 << (8 &* (octets &- 1))) else { throw .notDER }
    }
    guard length <= rest.count &- header else { throw .truncated }
    let encoded = rest.prefix(header &+ length)
    rest = rest.dropFirst(header &+ length)
    return DERItem(tag: tag, encoded: encoded, content: encoded.dropFirst(header))
  }

  /// The next element, which must have this tag.
  public mutating func read(_ tag: UInt8) throws(FormatError) -> DERItem {
    guard let next = nextTag else { throw .truncated }
    guard next == tag else { throw .unexpectedTag }
    return try read()
  }

  /// The next element if it has this tag, else nil.
  public mutating func readOptional(_ tag: UInt8) throws(FormatError) -> DERItem? {
    nextTag == tag ? try read() : nil
  }

  /// A reader of the next element, which must be a SEQUENCE.
  public mutating func sequence() throws(FormatError) -> DERCursor { try read(TagOctet.sequence).cursor }

  public mutating func identifier() throws(FormatError) -> Identifier {
    try Identifier(content: read(TagOctet.objectIdentifier).content)
  }

  /// Nothing may follow.
  public func finish() throws(FormatError) {
    guard isAtEnd else { throw .trailing }
  }

  /// The only element of some bytes.
  public static func only(_ tag: UInt8, of bytes: ByteView) throws(FormatError) -> DERItem {
    var cursor = DERCursor(bytes)
    let item = try cursor.read(tag)
    try cursor.finish()
    return item
  }
}

/// Why bytes are not the DER that was expected.
public enum DERError: Error, Hashable, Sendable {
  case truncated
  case trailingBytes
  case unexpectedTag(found: UInt8, expected: UInt8)
  case indefiniteLength
  case lengthNotMinimal
  case tooLong
  case highTagNumber
  case badInteger
  case badBoolean
  case badObjectIdentifier
  case badBitString
  case badString
  case badTime
  case tooDeep
}

/// The tags that the rooms above read and write (X.690 §8.1.2), as their single identifier octet.
public enum DERTag {
  public static let boolean: UInt8 = 0x01
  public static let integer: UInt8 = 0x02
  public static let bitString: UInt8 = 0x03
  public static let octetString: UInt8 = 0x04
  public static let null: UInt8 = 0x05
  public static let objectIdentifier: UInt8 = 0x06
  public static let enumerated: UInt8 = 0x0A
  public static let utf8String: UInt8 = 0x0C
  public static let printableString: UInt8 = 0x13
  public static let teletexString: UInt8 = 0x14
  public static let ia5String: UInt8 = 0x16
  public static let utcTime: UInt8 = 0x17
  public static let generalizedTime: UInt8 = 0x18
  public static let bmpString: UInt8 = 0x1E
  public static let sequence: UInt8 = 0x30
  public static let set: UInt8 = 0x31

  /// `[number]`, primitive: an implicitly tagged string or integer.
  public static func context(_ number: UInt8) -> UInt8 { 0x80 | (number & 0x1F) }
  /// `[number]`, constructed: explicitly tagged, or an implicitly tagged SEQUENCE.
  public static func contextConstructed(_ number: UInt8) -> UInt8 { 0xA0 | (number & 0x1F) }
}

/// One tag, length and value, as slices of what was received.
public struct DERElement: Hashable, Sendable {
  public let tag: UInt8
  /// The value alone.
  public let content: ArraySlice<UInt8>
  /// Tag, length and value, verbatim.
  public let encoded: ArraySlice<UInt8>

  /// A reader over the value of a constructed element.
  public var reader: DERReader { DERReader(content) }
}

/// Reads definite-length DER strictly (X.690 §10), element by element, without copying.
///
/// Indefinite lengths, lengths that are not minimal and tag numbers over 30 are refused. Nothing here traps on any
/// input. The caller decides the depth: the reader never recurses.
public struct DERReader: Sendable {
  private var rest: ArraySlice<UInt8>

  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
  public init(_ bytes: [UInt8]) { rest = bytes[...] }

  public var isAtEnd: Bool { rest.isEmpty }
  /// The next identifier octet, if there is one.
  public var nextTag: UInt8? { rest.first }
  public var remaining: ArraySlice<UInt8> { rest }

  public mutating func read() throws(DERError) -> DERElement {
    let start = rest.startIndex
    let end = rest.endIndex
    guard end - start >= 2 else { throw .truncated }
    let tag = rest[start]
    guard tag & 0x1F != 0x1F else { throw .highTagNumber }
    let first = rest[start + 1]
    var cursor = start + 2
    var length = Int(first)
    if first >= 0x80 {
      guard first != 0x80 else { throw .indefiniteLength }
      let count = Int(first & 0x7F)
      guard count <= 4 else { throw .tooLong }
      guard end - cursor >= count else { throw .truncated }
      length = 0
      for _ in 0..<count {
        length = length << 8 | Int(rest[cursor])
        cursor += 1
      }
      // X.690 §10.1: the shortest form, so no leading zero and nothing under 128.
      guard length >= 0x80, count == 1 || length >> (8 * (count - 1)) != 0 else { throw .lengthNotMinimal }
    }
    guard end - cursor >= length else { throw .truncated }
    let element = DERElement(tag: tag, content: rest[cursor..<cursor + length], encoded: rest[start..<cursor + length])
    rest = rest[(cursor + length)...]
    return element
  }

  public mutating func read(_ tag: UInt8) throws(DERError) -> DERElement {
    guard let next = rest.first else { throw .truncated }
    guard next == tag else { throw .unexpectedTag(found: next, expected: tag) }
    return try read()
  }

  /// The next element if it has this tag; nil, and nothing consumed, otherwise.
  public mutating func readOptional(_ tag: UInt8) throws(DERError) -> DERElement? {
    rest.first == tag ? try read() : nil
  }

  /// A reader over the next SEQUENCE's contents.
  public mutating func readSequence() throws(DERError) -> DERReader { try read(DERTag.sequence).reader }

  public mutating func readObjectIdentifier() throws(DERError) -> ObjectIdentifier {
    try ObjectIdentifier(content: read(DERTag.objectIdentifier).content)
  }

  public mutating func readBoolean() throws(DERError) -> Bool {
    let content = try read(DERTag.boolean).content
    // X.690 §11.1: TRUE is 0xFF and nothing else.
    guard content.count == 1, let octet = content.first, octet == 0 || octet == 0xFF else { throw .badBoolean }
    return octet == 0xFF
  }

  /// An INTEGER's content octets, checked to be minimal two's complement (X.690 §8.3.2).
  public mutating func readIntegerBytes() throws(DERError) -> ArraySlice<UInt8> {
    let content = try read(DERTag.integer).content
    guard let first = content.first else { throw .badInteger }
    if content.count > 1 {
      let second = content[content.startIndex + 1]
      guard !(first == 0 && second < 0x80), !(first == 0xFF && second >= 0x80) else { throw .badInteger }
    }
    return content
  }

  /// A non-negative INTEGER that fits 31 bits.
  public mutating func readSmallInteger() throws(DERError) -> Int {
    let content = try readIntegerBytes()
    guard content.count <= 4, let first = content.first, first < 0x80 else { throw .badInteger }
    return content.reduce(0) { $0 << 8 | Int($1) }
  }

  /// A BIT STRING with no unused bits, as its octets.
  public mutating func readOctetAlignedBitString() throws(DERError) -> ArraySlice<UInt8> {
    let content = try read(DERTag.bitString).content
    guard content.first == 0 else { throw .badBitString }
    return content.dropFirst()
  }

  public mutating func readOctetString() throws(DERError) -> ArraySlice<UInt8> {
    try read(DERTag.octetString).content
  }

  /// Checks that nothing follows.
  public func finish() throws(DERError) {
    guard rest.isEmpty else { throw .trailingBytes }
  }
}

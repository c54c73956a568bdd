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

/// One tag, length and value of what was received.
///
/// It keeps the whole input and its own place in it: a slice for each of its parts would cost a retain for each, and a
/// request has a hundred elements.
public struct DERElement: Hashable, Sendable {
  public let tag: UInt8
  private let base: ArraySlice<UInt8>
  private let start: Int
  private let contentStart: Int
  private let end: Int

  fileprivate init(tag: UInt8, base: ArraySlice<UInt8>, start: Int, contentStart: Int, end: Int) {
    (self.tag, self.base, self.start, self.contentStart, self.end) = (tag, base, start, contentStart, end)
  }

  /// The value alone.
  public var content: ArraySlice<UInt8> { base[contentStart..<end] }
  /// Tag, length and value, verbatim.
  public var encoded: ArraySlice<UInt8> { base[start..<end] }
  /// A reader over the value of a constructed element.
  public var reader: DERReader { DERReader(base: base, from: contentStart, to: end) }

  public static func == (left: DERElement, right: DERElement) -> Bool { left.encoded == right.encoded }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

/// Reads definite-length DER strictly (X.690 §10), element by element, without copying.
///
/// Indefinite lengths, lengths that are not minimal and tag numbers over 30 are refused. Nothing here traps on any
/// input. The caller decides the depth: the reader never recurses.
public struct DERReader: Sendable {
  private let base: ArraySlice<UInt8>
  private var cursor: Int
  private let end: Int

  public init(_ bytes: ArraySlice<UInt8>) { self.init(base: bytes, from: bytes.startIndex, to: bytes.endIndex) }
  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  fileprivate init(base: ArraySlice<UInt8>, from start: Int, to end: Int) {
    (self.base, cursor, self.end) = (base, start, end)
  }

  public var isAtEnd: Bool { cursor == end }
  /// The next identifier octet, if there is one.
  public var nextTag: UInt8? { cursor < end ? base[cursor] : nil }
  public var remaining: ArraySlice<UInt8> { base[cursor..<end] }

  public mutating func read() throws(DERError) -> DERElement {
    guard end - cursor >= 2 else { throw .truncated }
    let start = cursor
    let tag = base[start]
    guard tag & 0x1F != 0x1F else { throw .highTagNumber }
    let (length, contentStart) = try length(at: start + 1)
    guard end - contentStart >= length else { throw .truncated }
    cursor = contentStart + length
    return DERElement(tag: tag, base: base, start: start, contentStart: contentStart, end: cursor)
  }

  /// X.690 §8.1.3: the length whose first octet is at this index, and where the value begins.
  private func length(at index: Int) throws(DERError) -> (length: Int, contentStart: Int) {
    let first = base[index]
    guard first >= 0x80 else { return (Int(first), index + 1) }
    guard first != 0x80 else { throw .indefiniteLength }
    let count = Int(first & 0x7F)
    guard count <= 4 else { throw .tooLong }
    guard end - (index + 1) >= count else { throw .truncated }
    var length = 0
    for offset in 1...count { length = length << 8 | Int(base[index + offset]) }
    // X.690 §10.1: the shortest form, so no leading zero and nothing under 128.
    guard length >= 0x80, count == 1 || length >> (8 * (count - 1)) != 0 else { throw .lengthNotMinimal }
    return (length, index + 1 + count)
  }

  public mutating func read(_ tag: UInt8) throws(DERError) -> DERElement {
    guard let next = nextTag else { throw .truncated }
    guard next == tag else { throw .unexpectedTag(found: next, expected: tag) }
    return try read()
  }

  /// The next element if it has this tag; nil, and nothing consumed, otherwise.
  public mutating func readOptional(_ tag: UInt8) throws(DERError) -> DERElement? {
    nextTag == tag ? try read() : nil
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
    guard isAtEnd else { throw .trailingBytes }
  }
}

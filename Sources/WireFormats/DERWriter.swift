/// Assembles DER (X.690) into one growing buffer.
///
/// A constructed element is written by a closure; its length is put in afterwards, which moves bytes only when the
/// value is 128 octets or longer.
public struct DERWriter: Sendable {
  public private(set) var bytes: [UInt8]

  public init(capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Builds one buffer: `DERWriter.build { $0.sequence { … } }`.
  public static func build<E>(capacity: Int = 256, _ body: (inout DERWriter) throws(E) -> Void) throws(E) -> [UInt8] {
    var writer = DERWriter(capacity: capacity)
    try body(&writer)
    return writer.bytes
  }

  /// Appends what is encoded already.
  public mutating func raw(_ encoded: some Collection<UInt8>) { bytes.append(contentsOf: encoded) }

  /// The same for arrays: a generic call from another module costs more than the copy.
  public mutating func raw(_ encoded: [UInt8]) { bytes.append(contentsOf: encoded) }

  /// One octet.
  public mutating func raw(octet: UInt8) { bytes.append(octet) }

  /// Tag and length of a primitive element, then its content octets.
  public mutating func primitive(_ tag: UInt8, _ content: some Collection<UInt8>) {
    header(tag, length: content.count)
    bytes.append(contentsOf: content)
  }

  /// The same for arrays.
  public mutating func primitive(_ tag: UInt8, _ content: [UInt8]) {
    header(tag, length: content.count)
    bytes.append(contentsOf: content)
  }

  /// The same for text.
  public mutating func primitive(_ tag: UInt8, text: String) {
    let content = text.utf8
    header(tag, length: content.count)
    bytes.append(contentsOf: content)
  }

  public mutating func constructed<E>(_ tag: UInt8, _ body: (inout DERWriter) throws(E) -> Void) throws(E) {
    bytes.append(tag)
    bytes.append(0)
    let start = bytes.count
    try body(&self)
    let length = bytes.count - start
    if length < 0x80 {
      bytes[start - 1] = UInt8(length)
    } else {
      bytes.replaceSubrange(start - 1..<start, with: Self.length(length))
    }
  }

  public mutating func sequence<E>(_ body: (inout DERWriter) throws(E) -> Void) throws(E) {
    try constructed(DERTag.sequence, body)
  }

  public mutating func objectIdentifier(_ identifier: ObjectIdentifier) {
    primitive(DERTag.objectIdentifier, identifier.content)
  }

  public mutating func boolean(_ value: Bool) {
    header(DERTag.boolean, length: 1)
    bytes.append(value ? 0xFF : 0)
  }

  public mutating func null() { bytes.append(contentsOf: [DERTag.null, 0]) }

  public mutating func integer(_ value: Int, tag: UInt8 = DERTag.integer) {
    // X.690 §8.3.2: the first nine bits are neither all zero nor all one.
    var count = 8
    while count > 1, value >> (8 * count - 9) == 0 || value >> (8 * count - 9) == -1 { count -= 1 }
    header(tag, length: count)
    for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }

  /// A non-negative INTEGER from big-endian magnitude octets; leading zeros are normalized (X.690 §8.3.2).
  public mutating func unsignedInteger(_ magnitude: some Collection<UInt8>) {
    let trimmed = magnitude.drop { $0 == 0 }
    let isPadded = (trimmed.first ?? 0x80) >= 0x80
    header(DERTag.integer, length: trimmed.count + (isPadded ? 1 : 0))
    if isPadded { bytes.append(0) }
    bytes.append(contentsOf: trimmed)
  }

  public mutating func unsignedInteger(_ magnitude: [UInt8]) {
    let start = magnitude.firstIndex { $0 != 0 } ?? magnitude.endIndex
    let isPadded = start == magnitude.endIndex || magnitude[start] >= 0x80
    header(DERTag.integer, length: magnitude.count - start + (isPadded ? 1 : 0))
    if isPadded { bytes.append(0) }
    bytes.append(contentsOf: magnitude[start...])
  }

  public mutating func octetString(_ content: some Collection<UInt8>) { primitive(DERTag.octetString, content) }
  public mutating func octetString(_ content: [UInt8]) { primitive(DERTag.octetString, content) }

  /// For whole octets.
  public mutating func bitString(_ content: [UInt8]) {
    header(DERTag.bitString, length: content.count + 1)
    bytes.append(0)
    bytes.append(contentsOf: content)
  }

  public mutating func bitString(_ content: some Collection<UInt8>, unusedBits: UInt8 = 0) {
    header(DERTag.bitString, length: content.count + 1)
    bytes.append(unusedBits)
    bytes.append(contentsOf: content)
  }

  public mutating func utf8String(_ text: String) { primitive(DERTag.utf8String, text: text) }
  public mutating func printableString(_ text: String) { primitive(DERTag.printableString, text: text) }
  public mutating func ia5String(_ text: String, tag: UInt8 = DERTag.ia5String) { primitive(tag, text: text) }

  /// Tag and length alone, for a value of known length that is appended next.
  public mutating func header(_ tag: UInt8, length: Int) {
    bytes.append(tag)
    appendLength(length)
  }

  /// How many octets the tag and length of a value take.
  public static func headerLength(_ length: Int) -> Int { length < 0x80 ? 2 : 2 + octetCount(length) }

  private mutating func appendLength(_ length: Int) {
    guard length >= 0x80 else { return bytes.append(UInt8(length)) }
    let count = Self.octetCount(length)
    bytes.append(0x80 | UInt8(count))
    for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
  }

  private static func octetCount(_ length: Int) -> Int {
    (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
  }

  private static func length(_ length: Int) -> [UInt8] {
    var writer = DERWriter(capacity: 8)
    writer.appendLength(length)
    return writer.bytes
  }
}

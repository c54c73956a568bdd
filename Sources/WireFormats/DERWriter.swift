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

  /// Tag and length of a primitive element, then its content octets.
  public mutating func primitive(_ tag: UInt8, _ content: some Collection<UInt8>) {
    bytes.append(tag)
    appendLength(content.count)
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

  public mutating func boolean(_ value: Bool) { primitive(DERTag.boolean, CollectionOfOne<UInt8>(value ? 0xFF : 0)) }

  public mutating func null() { bytes.append(contentsOf: [DERTag.null, 0]) }

  public mutating func integer(_ value: Int, tag: UInt8 = DERTag.integer) {
    var octets = withUnsafeBytes(of: value.bigEndian) { Array($0) }
    while octets.count > 1, (octets[0] == 0 && octets[1] < 0x80) || (octets[0] == 0xFF && octets[1] >= 0x80) {
      octets.removeFirst()
    }
    primitive(tag, octets)
  }

  /// A non-negative INTEGER from big-endian magnitude octets; leading zeros are normalized (X.690 §8.3.2).
  public mutating func unsignedInteger(_ magnitude: some Collection<UInt8>) {
    let trimmed = Array(magnitude.drop { $0 == 0 })
    primitive(DERTag.integer, (trimmed.first ?? 0x80) >= 0x80 ? [0] + trimmed : trimmed)
  }

  public mutating func octetString(_ content: some Collection<UInt8>) { primitive(DERTag.octetString, content) }

  public mutating func bitString(_ content: some Collection<UInt8>, unusedBits: UInt8 = 0) {
    bytes.append(DERTag.bitString)
    appendLength(content.count + 1)
    bytes.append(unusedBits)
    bytes.append(contentsOf: content)
  }

  public mutating func utf8String(_ text: String) { primitive(DERTag.utf8String, Array(text.utf8)) }
  public mutating func printableString(_ text: String) { primitive(DERTag.printableString, Array(text.utf8)) }
  public mutating func ia5String(_ text: String, tag: UInt8 = DERTag.ia5String) { primitive(tag, Array(text.utf8)) }

  private mutating func appendLength(_ length: Int) {
    if length < 0x80 { bytes.append(UInt8(length)) } else { bytes.append(contentsOf: Self.length(length)) }
  }

  private static func length(_ length: Int) -> [UInt8] {
    if length < 0x80 { return [UInt8(length)] }
    var octets: [UInt8] = []
    var rest = length
    while rest > 0 {
      octets.insert(UInt8(rest & 0xFF), at: 0)
      rest >>= 8
    }
    return [0x80 | UInt8(octets.count)] + octets
  }
}

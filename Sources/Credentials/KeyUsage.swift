import WireFormats

/// KeyUsage (RFC 5280 §4.2.1.3). Bit n of the raw value is the named bit n.
public struct KeyUsage: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue & 0x1FF }

  public static let digitalSignature = KeyUsage(rawValue: 1 << 0)
  /// nonRepudiation, by its present name.
  public static let contentCommitment = KeyUsage(rawValue: 1 << 1)
  public static let keyEncipherment = KeyUsage(rawValue: 1 << 2)
  public static let dataEncipherment = KeyUsage(rawValue: 1 << 3)
  public static let keyAgreement = KeyUsage(rawValue: 1 << 4)
  public static let keyCertSign = KeyUsage(rawValue: 1 << 5)
  public static let cRLSign = KeyUsage(rawValue: 1 << 6)
  public static let encipherOnly = KeyUsage(rawValue: 1 << 7)
  public static let decipherOnly = KeyUsage(rawValue: 1 << 8)

  /// The standard's names by bit, as profiles write them.
  static let names = [
    "digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
    "cRLSign", "encipherOnly", "decipherOnly",
  ]

  /// The single usage of that name; nil for another word.
  public init?(name: some StringProtocol) {
    guard let bit = Self.names.firstIndex(where: { $0 == name }) else { return nil }
    self.init(rawValue: 1 << UInt16(bit))
  }

  /// The names of the bits that are set, in order.
  public var names: [String] { Self.names.indices.filter { rawValue >> UInt16($0) & 1 == 1 }.map { Self.names[$0] } }

  /// From the extension's value, a BIT STRING.
  public init(parsing encoded: ArraySlice<UInt8>) throws(DERError) {
    var reader = DERReader(encoded)
    let content = try reader.read(DERTag.bitString).content
    try reader.finish()
    guard let unused = content.first, unused < 8, content.count > 1 || unused == 0 else { throw .badBitString }
    let octets = content.dropFirst()
    // X.690 §11.2.2: trailing zero bits of a named bit list are left out. Some clients leave them in.
    guard octets.count <= 2, octets.last.map({ $0 & (1 << unused - 1) == 0 }) ?? true else { throw .badBitString }
    var bits: UInt16 = 0
    for (index, octet) in octets.enumerated() {
      for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { bits |= 1 << UInt16(index * 8 + bit) }
    }
    guard bits <= 0x1FF else { throw .badBitString }
    self.init(rawValue: bits)
  }

  /// The BIT STRING, without trailing zero bits (X.690 §11.2.2).
  public var encoded: [UInt8] {
    var octets: [UInt8] = [0, 0]
    for bit in 0..<9 where rawValue >> UInt16(bit) & 1 == 1 { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
    if octets[1] == 0 { octets.removeLast() }
    if octets == [0] { octets = [] }
    return DERWriter.build {
      $0.bitString(octets, unusedBits: UInt8(octets.last.map(\.trailingZeroBitCount) ?? 0))
    }
  }
}

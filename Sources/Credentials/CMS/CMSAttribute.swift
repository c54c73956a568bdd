import WireFormats

/// `Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }` (RFC 5652 §5.3).
public struct CMSAttribute: Hashable, Sendable {
  public let type: ObjectIdentifier
  /// Each in DER.
  public let values: [[UInt8]]

  public init(type: ObjectIdentifier, values: [[UInt8]]) {
    self.type = type
    self.values = values
  }

  // RFC 5652 §11.1, §11.2, §11.3.
  public static let contentType = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 3])
  public static let messageDigest = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 4])
  public static let signingTime = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 5])

  static let maximumCount = 64

  /// X.690 §11.6: the members of a SET OF in DER stand in the order of their encodings.
  static func encodeSet(_ attributes: [CMSAttribute], tag: UInt8 = DERTag.set) -> [UInt8] {
    DERWriter.build {
      $0.constructed(tag) { for member in DERSet.ordered(attributes.map(\.encoded)) { $0.raw(member) } }
    }
  }

  /// Every attribute of a set, in its order.
  static func parse(_ set: DERElement) throws -> [CMSAttribute] {
    var reader = set.reader
    var attributes: [CMSAttribute] = []
    while !reader.isAtEnd {
      guard attributes.count < maximumCount else { throw CMSError.tooLarge }
      attributes.append(try CMSAttribute(reading: &reader))
    }
    return attributes
  }

  private init(reading reader: inout DERReader) throws {
    var attribute = try reader.readSequence()
    type = try attribute.readObjectIdentifier()
    var set = try attribute.read(DERTag.set).reader
    try attribute.finish()
    var values: [[UInt8]] = []
    while !set.isAtEnd {
      guard values.count < Self.maximumCount else { throw CMSError.tooLarge }
      values.append(Array(try set.read().encoded))
    }
    self.values = values
  }

  private var encoded: [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(type)
        $0.constructed(DERTag.set) { for value in DERSet.ordered(values) { $0.raw(value) } }
      }
    }
  }
}

/// X.690 §11.6.
enum DERSet {
  static func ordered(_ members: [[UInt8]]) -> [[UInt8]] { members.sorted { $0.lexicographicallyPrecedes($1) } }
}

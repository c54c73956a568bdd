import WireFormats

/// A Name (RFC 5280 §4.1.2.4), kept as the DER that was received or made. Two are equal when their DER is.
public struct DistinguishedName: Hashable, Sendable {
  /// One attribute of a relative distinguished name.
  public struct Attribute: Hashable, Sendable {
    public let type: ObjectIdentifier
    /// The text, whatever string type carried it; `#` and the DER in hexadecimal for a value that is no string.
    public let value: String
    /// The value's identifier octet.
    let tag: UInt8

    public init(type: ObjectIdentifier, value: String) {
      self.init(type: type, value: value, tag: Self.tag(for: type, value))
    }

    init(type: ObjectIdentifier, value: String, tag: UInt8) {
      (self.type, self.value, self.tag) = (type, value, tag)
    }

    /// The string type is not part of what an attribute says.
    public static func == (left: Attribute, right: Attribute) -> Bool {
      left.type == right.type && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(type)
      hasher.combine(value)
    }
  }

  public let encoded: [UInt8]
  /// In the order of the encoding; the attributes of a relative name with several stand one after another.
  public let attributes: [Attribute]
  /// Whether a relative name holds several attributes, which only received names can.
  let hasMultipleValues: Bool

  /// More attributes than any real name has; a bound for the work that one name can cause.
  public static let maximumAttributes = 64

  public init(parsing encoded: some Collection<UInt8>) throws(DERError) {
    try self.init(element: Array(encoded)[...])
  }

  /// One attribute for each relative name, in this order.
  public init(_ attributes: [Attribute]) {
    self.attributes = attributes
    hasMultipleValues = false
    encoded = DERWriter.build(capacity: 128) {
      $0.sequence {
        for attribute in attributes {
          $0.constructed(DERTag.set) {
            $0.sequence {
              $0.objectIdentifier(attribute.type)
              $0.primitive(Attribute.tag(for: attribute.type, attribute.value), text: attribute.value)
            }
          }
        }
      }
    }
  }

  public static let empty = DistinguishedName([])

  public var isEmpty: Bool { attributes.isEmpty }

  /// The values of every attribute of this type, in order.
  public func values(of type: ObjectIdentifier) -> [String] {
    attributes.compactMap { $0.type == type ? $0.value : nil }
  }

  public static func == (left: DistinguishedName, right: DistinguishedName) -> Bool { left.encoded == right.encoded }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

  /// From a slice that is exactly one Name.
  init(element encoded: ArraySlice<UInt8>) throws(DERError) {
    var outer = DERReader(encoded)
    var names = try outer.readSequence()
    try outer.finish()
    var attributes: [Attribute] = []
    var count = 0
    while !names.isAtEnd {
      count += 1
      var set = try names.read(DERTag.set).reader
      // RelativeDistinguishedName is SET SIZE (1..MAX).
      repeat {
        guard attributes.count < Self.maximumAttributes else { throw .tooLong }
        attributes.append(try Self.readAttribute(&set))
      } while !set.isAtEnd
    }
    self.attributes = attributes
    hasMultipleValues = attributes.count > count
    self.encoded = Array(encoded)
  }

  static func readAttribute(_ set: inout DERReader) throws(DERError) -> Attribute {
    var pair = try set.readSequence()
    let type = try pair.readObjectIdentifier()
    let value = try pair.read()
    try pair.finish()
    let text = try DirectoryString.decode(value) ?? "#" + Hex.encode(value.encoded)
    return Attribute(type: type, value: text, tag: value.tag)
  }
}

extension DistinguishedName.Attribute {
  /// RFC 5280 appendix A: serialNumber, country and dnQualifier are PrintableString, domainComponent and emailAddress
  /// IA5String; §4.1.2.4 wants UTF8String for the rest.
  static func tag(for type: ObjectIdentifier, _ value: String) -> UInt8 {
    switch type {
    case AttributeType.serialNumber, AttributeType.country, AttributeType.dnQualifier: DERTag.printableString
    case AttributeType.domainComponent, AttributeType.emailAddress: DERTag.ia5String
    default: DERTag.utf8String
    }
  }
}

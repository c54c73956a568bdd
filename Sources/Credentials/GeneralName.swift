import WireFormats

/// GeneralName (RFC 5280 §4.2.1.6).
public enum GeneralName: Hashable, Sendable {
  case dnsName(String)
  /// 4 or 16 octets.
  case ipAddress([UInt8])
  case uri(String)
  case email(String)
  case directoryName(DistinguishedName)
  /// The type and the DER of the value inside `[0]`.
  case otherName(ObjectIdentifier, [UInt8])
  case registeredID(ObjectIdentifier)
  /// x400Address or ediPartyName: the identifier octet and the content octets.
  case other(tag: UInt8, [UInt8])

  /// More names than any real certificate has; a bound for the work that one extension can cause.
  public static let maximumCount = 128

  /// RFC 4985 §2: `id-on-dnsSRV` and its likes are otherName types; this is hardwareModuleName (RFC 4108 §5).
  public static let hardwareModuleName = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 8, 4])

  init(parsing element: DERElement) throws(DERError) {
    switch element.tag {
    case Tag.otherName: self = try Self.otherName(element)
    case Tag.email: self = .email(try DirectoryString.ascii(element.content))
    case Tag.dnsName: self = .dnsName(try DirectoryString.ascii(element.content))
    case Tag.uri: self = .uri(try DirectoryString.ascii(element.content))
    case Tag.directoryName: self = .directoryName(try DistinguishedName(element: element.content))
    case Tag.ipAddress: self = .ipAddress(try Self.address(element.content))
    case Tag.registeredID: self = .registeredID(try ObjectIdentifier(content: element.content))
    case Tag.x400Address, Tag.ediPartyName: self = .other(tag: element.tag, Array(element.content))
    default: throw .unexpectedTag(found: element.tag, expected: Tag.dnsName)
    }
  }

  /// GeneralNames, `SEQUENCE SIZE (1..MAX) OF GeneralName`.
  public static func parseNames(_ encoded: ArraySlice<UInt8>) throws(DERError) -> [GeneralName] {
    var outer = DERReader(encoded)
    var names = try outer.readSequence()
    try outer.finish()
    var result: [GeneralName] = []
    repeat {
      guard result.count < maximumCount else { throw .tooLong }
      result.append(try GeneralName(parsing: names.read()))
    } while !names.isAtEnd
    return result
  }

  func write(to writer: inout DERWriter) {
    switch self {
    case .dnsName(let text): writer.primitive(Tag.dnsName, text: text)
    case .email(let text): writer.primitive(Tag.email, text: text)
    case .uri(let text): writer.primitive(Tag.uri, text: text)
    case .ipAddress(let octets): writer.primitive(Tag.ipAddress, octets)
    case .directoryName(let name): writer.primitive(Tag.directoryName, name.encoded)
    case .registeredID(let identifier): writer.primitive(Tag.registeredID, identifier.content)
    case .other(let tag, let content): writer.primitive(tag, content)
    case .otherName(let type, let value):
      writer.constructed(Tag.otherName) {
        $0.objectIdentifier(type)
        $0.primitive(DERTag.contextConstructed(0), value)
      }
    }
  }

  private enum Tag {
    static let otherName = DERTag.contextConstructed(0)
    static let email = DERTag.context(1)
    static let dnsName = DERTag.context(2)
    static let x400Address = DERTag.contextConstructed(3)
    static let directoryName = DERTag.contextConstructed(4)
    static let ediPartyName = DERTag.contextConstructed(5)
    static let uri = DERTag.context(6)
    static let ipAddress = DERTag.context(7)
    static let registeredID = DERTag.context(8)
  }

  private static func otherName(_ element: DERElement) throws(DERError) -> GeneralName {
    var reader = element.reader
    let type = try reader.readObjectIdentifier()
    let value = try reader.read(DERTag.contextConstructed(0))
    try reader.finish()
    var inner = value.reader
    let element = try inner.read()
    try inner.finish()
    return .otherName(type, Array(element.encoded))
  }

  private static func address(_ content: ArraySlice<UInt8>) throws(DERError) -> [UInt8] {
    // RFC 5280 §4.2.1.6: exactly four octets for IPv4 and sixteen for IPv6.
    guard content.count == 4 || content.count == 16 else { throw .badString }
    return Array(content)
  }
}

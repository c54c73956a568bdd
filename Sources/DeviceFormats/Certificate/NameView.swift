/// An RDNSequence (RFC 5280 §4.1.2.4), read when it is asked.
public struct NameView {
  /// The whole SEQUENCE.
  public let encoded: ByteView
  private let content: ByteView

  init(_ item: DERItem) { (encoded, content) = (item.encoded, item.content) }

  public init(parsing der: ByteView) throws(FormatError) { self.init(try DERCursor.only(TagOctet.sequence, of: der)) }

  public var isEmpty: Bool { content.isEmpty }

  /// RFC 5280 §7.1 would compare prepared strings; this compares octets, which makes fewer names equal, never more.
  public func equals(_ other: NameView) -> Bool { encoded.equals(other.encoded) }

  /// The first value of an attribute, for example commonName, when it is UTF-8, Printable or IA5 text; else nil.
  ///
  /// - Parameter number: As in 2.5.4.n (X.520): 3 commonName, 5 serialNumber, 10 organizationName.
  public func value(of number: UInt8) throws(FormatError) -> ByteView? {
    var names = DERCursor(content)
    let wanted = Identifier.attribute(number)
    while !names.isAtEnd {
      var attributes = try names.read(TagOctet.set).cursor
      guard !attributes.isAtEnd else { throw .badString }
      while !attributes.isAtEnd {
        var attribute = try attributes.sequence()
        let type = try attribute.identifier()
        let value = try attribute.read()
        try attribute.finish()
        if type == wanted, Text.isText(value) { return value.content }
      }
    }
    return nil
  }

  public func commonName() throws(FormatError) -> ByteView? { try value(of: 3) }
  public func serialNumber() throws(FormatError) -> ByteView? { try value(of: 5) }
}

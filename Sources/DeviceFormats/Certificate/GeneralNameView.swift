/// One GeneralName (RFC 5280 §4.2.1.6).
public struct GeneralNameView {
  /// The choice's number: 0 otherName, 1 rfc822Name, 2 dNSName, 4 directoryName, 6 uniformResourceIdentifier,
  /// 7 iPAddress, 8 registeredID.
  public let kind: UInt8
  public let content: ByteView

  init(_ names: inout DERCursor) throws(FormatError) {
    let item = try names.read()
    kind = item.tag & 0x1F
    content = item.content
    switch item.tag {
    case TagOctet.context(1), TagOctet.context(2), TagOctet.context(6):
      // IA5String, and nothing that ends a C string before its time.
      guard !content.isEmpty, Text.isASCII(content) else { throw .badString }
    case TagOctet.context(7):
      guard content.count == 4 || content.count == 16 else { throw .badExtension }
    case TagOctet.context(8): _ = try Identifier(content: content)
    case TagOctet.contextConstructed(0), TagOctet.contextConstructed(3), TagOctet.contextConstructed(5): break
    case TagOctet.contextConstructed(4): _ = try DERCursor.only(TagOctet.sequence, of: content)
    default: throw .unexpectedTag
    }
  }
}

/// Reads the names of a SubjectAltName one after the other.
public struct GeneralNameCursor {
  private var list: DERCursor

  public init(_ content: ByteView) { list = DERCursor(content) }

  /// Nil at the end.
  public mutating func next() throws(FormatError) -> GeneralNameView? {
    list.isAtEnd ? nil : try GeneralNameView(&list)
  }

  var rest: ByteView { list.rest }
}

/// Reads the addresses in CRLDistributionPoints one after the other.
public struct DistributionPointCursor {
  private var points: DERCursor
  private var names = DERCursor(ByteView())

  public init(_ content: ByteView) { points = DERCursor(content) }

  /// The next URI, nil after the last. Names of other kinds are passed over.
  ///
  /// RFC 5280 §4.2.1.13: `DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0] GeneralNames } … }`.
  public mutating func next() throws(FormatError) -> ByteView? {
    while true {
      while !names.isAtEnd {
        let name = try GeneralNameView(&names)
        if name.kind == 6 { return name.content }
      }
      guard !points.isAtEnd else { return nil }
      var point = try points.sequence()
      guard let choice = try point.readOptional(TagOctet.contextConstructed(0)) else { continue }
      var name = choice.cursor
      if let full = try name.readOptional(TagOctet.contextConstructed(0)) { names = full.cursor }
    }
  }
}

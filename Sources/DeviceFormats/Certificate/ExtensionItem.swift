/// One Extension (RFC 5280 §4.2): `SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`.
struct ExtensionItem {
  let identifier: Identifier
  /// The identifier's octets, for those that are longer than `Identifier` tells apart.
  let identifierOctets: ByteView
  let isCritical: Bool
  let value: ByteView

  init(_ list: inout DERCursor) throws(FormatError) {
    var fields = try list.sequence()
    identifierOctets = try fields.read(TagOctet.objectIdentifier).content
    identifier = try Identifier(content: identifierOctets)
    if let critical = try fields.readOptional(TagOctet.boolean) {
      // X.690 §11.5: a default value is not written.
      guard try critical.boolean() else { throw .notDER }
      isCritical = true
    } else {
      isCritical = false
    }
    value = try fields.read(TagOctet.octetString).content
    try fields.finish()
  }

  /// Walks a list, and refuses what stands in it twice (RFC 5280 §4.2: "A certificate MUST NOT include more than one
  /// instance of a particular extension").
  static func checkUnique(_ list: ByteView) throws(FormatError) {
    var outer = DERCursor(list)
    var count = 0
    while !outer.isAtEnd {
      guard count < FormatLimits.extensions else { throw .tooLong }
      let item = try ExtensionItem(&outer)
      var inner = DERCursor(list)
      var index = 0
      while index < count {
        if try ExtensionItem(&inner).identifierOctets.equals(item.identifierOctets) { throw .duplicateExtension }
        index &+= 1
      }
      count &+= 1
    }
    // RFC 5280 §4.1: `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`.
    guard count > 0 else { throw .badExtension }
  }
}

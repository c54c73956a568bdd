import WireFormats

/// InfoTypeAndValue (RFC 9810 §5.3.19): what a general message asks for or says.
public struct InfoTypeAndValue: Hashable, Sendable {
  public let type: ObjectIdentifier
  /// DER; nil where there is none.
  public let value: [UInt8]?

  public init(_ type: ObjectIdentifier, _ value: [UInt8]? = nil) { (self.type, self.value) = (type, value) }

  /// id-it, 1.3.6.1.5.5.7.4.
  private static func identifier(_ number: UInt64) -> ObjectIdentifier {
    ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 4, number])
  }

  public static let currentCRL = identifier(6)
  public static let implicitConfirm = identifier(13)
  public static let caCerts = identifier(17)
  public static let rootCaKeyUpdate = identifier(18)
  public static let certReqTemplate = identifier(19)
  public static let rootCaCert = identifier(20)
  public static let certProfile = identifier(21)
  public static let crlStatusList = identifier(22)
  public static let crls = identifier(23)

  /// More than any general message has.
  private static let maximumCount = 16

  static func parseAll(_ list: DERElement) throws(DERError) -> [InfoTypeAndValue] {
    var reader = list.reader
    var items: [InfoTypeAndValue] = []
    while !reader.isAtEnd {
      guard items.count < maximumCount else { throw .tooLong }
      var fields = try reader.readSequence()
      let type = try fields.readObjectIdentifier()
      let value = fields.isAtEnd ? nil : Array(try fields.read().encoded)
      try fields.finish()
      items.append(InfoTypeAndValue(type, value))
    }
    return items
  }

  func write(to writer: inout DERWriter) {
    writer.sequence {
      $0.objectIdentifier(type)
      if let value { $0.raw(value) }
    }
  }
}

import WireFormats

/// What a CMS object or its content is (RFC 5652 §3, §4).
public enum CMSContentType {
  public static let data = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 1])
  public static let signedData = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 2])
  public static let envelopedData = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 3])
  /// RFC 5083 §2.
  public static let authEnvelopedData = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 1, 23])
}

/// `ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT ANY }` (RFC 5652 §3).
public struct ContentInfo: Sendable {
  /// In octets. What devices send takes some KiB; a CRL of 500,000 entries is not sent in CMS here.
  public static let maximumSize = 1 << 20

  public let contentType: ObjectIdentifier
  /// The content, DER.
  public let content: ArraySlice<UInt8>

  /// From BER or DER.
  public init(parsing encoded: [UInt8]) throws(CMSError) {
    guard encoded.count <= Self.maximumSize else { throw .tooLarge }
    (contentType, content) = try CMSError.reading {
      var outer = DERReader(try BER.der(encoded, maximumSize: Self.maximumSize))
      var info = try outer.readSequence()
      let type = try info.readObjectIdentifier()
      var explicit = try info.read(DERTag.contextConstructed(0)).reader
      try info.finish()
      let content = try explicit.read().encoded
      try explicit.finish()
      return (type, content)
    }
  }

  /// The content, if it is of this type.
  func content(of type: ObjectIdentifier) throws(CMSError) -> ArraySlice<UInt8> {
    guard contentType == type else { throw .unexpectedContentType(contentType) }
    return content
  }

  /// DER.
  public static func encode(_ type: ObjectIdentifier, content: [UInt8]) -> [UInt8] {
    DERWriter.build(capacity: content.count + 32) {
      $0.sequence {
        $0.objectIdentifier(type)
        $0.constructed(DERTag.contextConstructed(0)) { $0.raw(content) }
      }
    }
  }
}

extension DERReader {
  /// `[number] IMPLICIT OCTET STRING`, whole or, from BER, in pieces; nil when it is not there.
  mutating func readImplicitOctetString(_ number: UInt8) throws(DERError) -> [UInt8]? {
    if let whole = try readOptional(DERTag.context(number)) { return Array(whole.content) }
    guard var pieces = try readOptional(DERTag.contextConstructed(number))?.reader else { return nil }
    var octets: [UInt8] = []
    while !pieces.isAtEnd { octets += try pieces.readOctetString() }
    return octets
  }
}

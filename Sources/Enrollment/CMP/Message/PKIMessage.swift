import WireFormats

/// PKIMessage (RFC 9810 §5.1), in DER alone. Its body is read in a step of its own, so that a message whose body is not
/// understood is answered under its transaction.
///
/// ```
/// PKIMessage ::= SEQUENCE {
///      header PKIHeader, body PKIBody, protection [0] PKIProtection OPTIONAL,
///      extraCerts [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL }
/// ```
public struct PKIMessage: Sendable {
  /// A request with a chain takes 8 KiB; a batch of a gateway's some more.
  public static let maximumSize = 262_144
  /// Certificates that a client may send along.
  static let maximumCertificates = 16

  public let encoded: [UInt8]
  public let header: PKIHeader
  let body: DERElement
  /// The BIT STRING's octets.
  let protection: ArraySlice<UInt8>?
  /// DER.
  public let extraCertificates: [[UInt8]]
  /// RFC 9810 §5.1.3: header and body as received, under a SEQUENCE of their own.
  let protectedPart: [UInt8]

  public init(parsing der: [UInt8]) throws(DERError) {
    guard der.count <= Self.maximumSize else { throw .tooLong }
    var outer = DERReader(der)
    try self.init(&outer)
    try outer.finish()
  }

  /// The next of a batch.
  init(_ reader: inout DERReader) throws(DERError) {
    let whole = try reader.read(DERTag.sequence)
    var fields = whole.reader
    let header = try fields.read(DERTag.sequence)
    body = try fields.read()
    protection = try Self.protection(&fields)
    extraCertificates = try Self.certificates(&fields)
    try fields.finish()
    encoded = Array(whole.encoded)
    protectedPart = Self.protectedPart(header: header.encoded, body: body.encoded)
    self.header = try PKIHeader(parsing: header)
  }

  static func protectedPart(header: ArraySlice<UInt8>, body: ArraySlice<UInt8>) -> [UInt8] {
    DERWriter.build(capacity: header.count + body.count + 8) {
      $0.header(DERTag.sequence, length: header.count + body.count)
      $0.raw(header)
      $0.raw(body)
    }
  }

  private static func protection(_ fields: inout DERReader) throws(DERError) -> ArraySlice<UInt8>? {
    guard var inner = try fields.readOptional(DERTag.contextConstructed(0))?.reader else { return nil }
    let octets = try inner.readOctetAlignedBitString()
    try inner.finish()
    return octets
  }

  private static func certificates(_ fields: inout DERReader) throws(DERError) -> [[UInt8]] {
    guard var inner = try fields.readOptional(DERTag.contextConstructed(1))?.reader else { return [] }
    var list = try inner.readSequence()
    try inner.finish()
    var certificates: [[UInt8]] = []
    while !list.isAtEnd {
      guard certificates.count < maximumCertificates else { throw .tooLong }
      certificates.append(Array(try list.read().encoded))
    }
    return certificates
  }
}

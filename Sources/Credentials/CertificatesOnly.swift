import WireFormats

/// Why a PKCS#7 bundle cannot be read.
public enum CertificatesOnlyError: Error, Hashable, Sendable {
  /// Over `CertificatesOnly.maximumSize`.
  case tooLarge
  case malformed(DERError)
  /// Not SignedData.
  case unexpectedContentType(ObjectIdentifier)
}

/// The degenerate CMS SignedData that carries certificates and nothing else (RFC 5652 §5, RFC 5272 §4.1): what EST
/// answers with.
public enum CertificatesOnly {
  public static let maximumSize = 1 << 20
  private static let maximumCertificates = 256

  private static let data = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 1])
  private static let signedData = ObjectIdentifier([1, 2, 840, 113549, 1, 7, 2])

  /// ContentInfo in DER.
  ///
  /// The certificates keep the order given. X.690 §11.6 would sort them, being a SET; clients that take the first one
  /// for their own are many, and none was found that checks the order.
  public static func encode(_ certificates: [[UInt8]]) -> [UInt8] {
    let size = certificates.reduce(0) { $0 + $1.count }
    return DERWriter.build(capacity: size + 64) {
      $0.sequence {
        $0.objectIdentifier(signedData)
        $0.constructed(DERTag.contextConstructed(0)) {
          $0.sequence {
            // RFC 5652 §5.1: version 1, since there are no other certificates, CRLs or signers.
            $0.integer(1)
            $0.primitive(DERTag.set, EmptyCollection())
            $0.sequence { $0.objectIdentifier(data) }
            if size > 0 {
              $0.header(DERTag.contextConstructed(0), length: size)
              for certificate in certificates { $0.raw(certificate) }
            }
            $0.primitive(DERTag.set, EmptyCollection())
          }
        }
      }
    }
  }

  /// The X.509 certificates of a SignedData, in their order; signers, CRLs and other kinds of certificates are passed
  /// over.
  public static func decode(_ encoded: [UInt8]) throws(CertificatesOnlyError) -> [[UInt8]] {
    guard encoded.count <= maximumSize else { throw .tooLarge }
    do {
      var outer = DERReader(encoded)
      var info = try outer.readSequence()
      try outer.finish()
      let type = try info.readObjectIdentifier()
      guard type == signedData else { throw CertificatesOnlyError.unexpectedContentType(type) }
      var explicit = try info.read(DERTag.contextConstructed(0)).reader
      var fields = try explicit.readSequence()
      return try certificates(&fields)
    } catch let error as CertificatesOnlyError {
      throw error
    } catch {
      throw .malformed(error as? DERError ?? .truncated)
    }
  }

  private static func certificates(_ fields: inout DERReader) throws(DERError) -> [[UInt8]] {
    _ = try fields.readSmallInteger()
    _ = try fields.read(DERTag.set)
    _ = try fields.read(DERTag.sequence)
    var result: [[UInt8]] = []
    guard var set = try fields.readOptional(DERTag.contextConstructed(0))?.reader else { return result }
    while !set.isAtEnd {
      guard result.count < maximumCertificates else { throw .tooLong }
      let element = try set.read()
      // RFC 5652 §10.2.2: an untagged SEQUENCE is an X.509 certificate; the tagged choices are others.
      if element.tag == DERTag.sequence { result.append(Array(element.encoded)) }
    }
    return result
  }
}

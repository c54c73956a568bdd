import Credentials
import Crypto
import WireFormats

/// A certReqId (RFC 4211 §4): 0, or -1 where a PKCS#10 request had none.
public typealias CertReqID = Int

extension DERReader {
  /// An INTEGER of at most four octets, with its sign.
  mutating func readCertReqID() throws(DERError) -> CertReqID {
    let content = try readIntegerBytes()
    guard content.count <= 4, let first = content.first else { throw .badInteger }
    return content.dropFirst().reduce(Int(Int8(bitPattern: first))) { $0 << 8 | Int($1) }
  }
}

/// CertStatus (RFC 9810 §5.3.18): whether a client takes what it was given.
///
/// ```
/// CertStatus ::= SEQUENCE {
///      certHash OCTET STRING, certReqId INTEGER, statusInfo PKIStatusInfo OPTIONAL,
///      hashAlg [0] AlgorithmIdentifier OPTIONAL }
/// ```
public struct CertStatus: Sendable {
  let hash: [UInt8]
  let request: CertReqID
  let statusInfo: PKIStatusInfo?
  /// AlgorithmIdentifier's object identifier.
  let hashAlgorithm: ObjectIdentifier?

  /// RFC 9810 §5.3.18: an empty sequence rejects everything.
  static func parseAll(_ content: DERElement) throws(DERError) -> [CertStatus] {
    var reader = try content.checked(DERTag.sequence).reader
    var statuses: [CertStatus] = []
    while !reader.isAtEnd {
      guard statuses.isEmpty else { throw .tooLong }
      statuses.append(try CertStatus(&reader))
    }
    return statuses
  }

  private init(_ reader: inout DERReader) throws(DERError) {
    var fields = try reader.readSequence()
    hash = Array(try fields.readOctetString())
    request = try fields.readCertReqID()
    statusInfo = fields.nextTag == DERTag.sequence ? try PKIStatusInfo(parsing: &fields) : nil
    if var explicit = try fields.readOptional(DERTag.contextConstructed(0))?.reader {
      var algorithm = try explicit.readSequence()
      hashAlgorithm = try algorithm.readObjectIdentifier()
    } else {
      hashAlgorithm = nil
    }
    try fields.finish()
  }

  var isAccepted: Bool {
    switch statusInfo?.status {
    case nil, .accepted, .grantedWithMods: true
    default: false
    }
  }

  /// RFC 9810 §5.3.18: the certificate's hash by its signature's own function; where that has none (Ed25519), by the one
  /// that hashAlg names, and by RFC 9481 §3.3 with SHA-512 where none is named.
  func matches(_ certificate: Certificate) -> Bool {
    let expected: [UInt8]? =
      if let hashAlgorithm {
        DigestAlgorithm(hashAlgorithm)?.digest(certificate.encoded)
      } else {
        DigestAlgorithm(certificate.signatureAlgorithm).digest(certificate.encoded)
      }
    return expected == hash
  }
}

import Crypto
import WireFormats

/// How a request names a certificate (RFC 6960 §4.1.1).
///
/// ```
/// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
///   serialNumber CertificateSerialNumber }
/// ```
/// Two are equal when their DER is.
public struct OCSPCertID: Hashable, Sendable {
  /// SHA-1 is an identifier here, not a protection; RFC 5019 §2.1.1 asks for it, newer clients send SHA-256.
  public enum HashAlgorithm: Hashable, Sendable {
    case sha1
    case sha256
    /// One that no authority is looked up by.
    case other(ObjectIdentifier)
  }

  /// Verbatim, since an answer repeats it and some clients compare octets.
  public let encoded: [UInt8]
  public let hashAlgorithm: HashAlgorithm
  public let issuerNameHash: [UInt8]
  public let issuerKeyHash: [UInt8]
  /// Nil for a number that no certificate can have: zero, negative or over 20 octets.
  public let serial: SerialNumber?

  init(_ reader: inout DERReader) throws(DERError) {
    let element = try reader.read(DERTag.sequence)
    var fields = element.reader
    var algorithm = try fields.readSequence()
    let identifier = try algorithm.readObjectIdentifier()
    // RFC 4055 §2.1: parameters NULL and absent mean the same. Others belong to no hash that is known here.
    if !algorithm.isAtEnd { _ = try algorithm.read(DERTag.null) }
    try algorithm.finish()
    issuerNameHash = Array(try fields.readOctetString())
    issuerKeyHash = Array(try fields.readOctetString())
    serial = SerialNumber(integerContent: try fields.readIntegerBytes())
    try fields.finish()
    encoded = Array(element.encoded)
    hashAlgorithm = HashAlgorithm(identifier)
  }

  /// For a certificate that an authority issued, with the hash's parameters as NULL (which most clients write).
  ///
  /// - Parameters:
  ///   - hash: SHA-1 or SHA-256; nil is returned for another.
  ///   - issuerName: The issuer's subject Name, DER.
  ///   - issuerKey: The octets of the issuer's subjectPublicKey BIT STRING.
  public init?(
    hash: HashAlgorithm, issuerName: [UInt8], issuerKey: some Collection<UInt8>, serial: SerialNumber
  ) {
    guard let nameHash = hash.digest(issuerName), let keyHash = hash.digest(issuerKey) else { return nil }
    (hashAlgorithm, issuerNameHash, issuerKeyHash, self.serial) = (hash, nameHash, keyHash, serial)
    encoded = DERWriter.build {
      $0.sequence {
        $0.sequence {
          $0.objectIdentifier(hash.identifier)
          $0.null()
        }
        $0.octetString(nameHash)
        $0.octetString(keyHash)
        $0.unsignedInteger(serial.bytes)
      }
    }
  }
}

extension OCSPCertID.HashAlgorithm {
  private static let sha1Identifier = ObjectIdentifier([1, 3, 14, 3, 2, 26])
  private static let sha256Identifier = ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 2, 1])

  init(_ identifier: ObjectIdentifier) {
    switch identifier {
    case Self.sha1Identifier: self = .sha1
    case Self.sha256Identifier: self = .sha256
    default: self = .other(identifier)
    }
  }

  public var identifier: ObjectIdentifier {
    switch self {
    case .sha1: Self.sha1Identifier
    case .sha256: Self.sha256Identifier
    case .other(let identifier): identifier
    }
  }

  /// Nil for a hash that is not known here.
  public func digest(_ octets: some Collection<UInt8>) -> [UInt8]? {
    switch self {
    case .sha1: Array(Insecure.SHA1.hash(data: Array(octets)))
    case .sha256: Array(SHA256.hash(data: Array(octets)))
    case .other: nil
    }
  }
}

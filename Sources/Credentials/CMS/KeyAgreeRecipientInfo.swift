import Crypto
import WireFormats

/// ECDH with a key of the sender's made for this one object (RFC 5652 §6.2.2, RFC 5753 §3.1).
///
/// ```
/// KeyAgreeRecipientInfo ::= SEQUENCE {
///   version CMSVersion (3), originator [0] EXPLICIT OriginatorIdentifierOrKey,
///   ukm [1] EXPLICIT OCTET STRING OPTIONAL, keyEncryptionAlgorithm AlgorithmIdentifier,
///   recipientEncryptedKeys SEQUENCE OF SEQUENCE { rid KeyAgreeRecipientIdentifier, encryptedKey OCTET STRING } }
/// ```
struct KeyAgreeRecipientInfo: Sendable {
  /// Nil when the sender's key is not in it, but in a certificate.
  private let point: [UInt8]?
  private let userKeyingMaterial: [UInt8]?
  private let schemeIdentifier: ObjectIdentifier
  private let wrapIdentifier: ObjectIdentifier?
  let recipients: [(recipient: CertificateIdentifier, encryptedKey: [UInt8])]

  init(_ element: DERElement) throws {
    var fields = element.reader
    _ = try fields.readSmallInteger()
    var originator = try fields.read(DERTag.contextConstructed(0)).reader
    point = try Self.point(&originator)
    var material = try fields.readOptional(DERTag.contextConstructed(1))?.reader
    userKeyingMaterial = try material?.readOctetString().map { $0 }
    var algorithm = try fields.readSequence()
    schemeIdentifier = try algorithm.readObjectIdentifier()
    // RFC 5753 §7.1.4: the parameters are the key wrap algorithm.
    var wrap = algorithm.nextTag == DERTag.sequence ? try algorithm.readSequence() : nil
    wrapIdentifier = try wrap?.readObjectIdentifier()
    recipients = try Self.recipients(fields.readSequence())
    try fields.finish()
  }

  // RFC 5652 §6.2.2: issuer and serial, [0] a key identifier, or [1] OriginatorPublicKey.
  private static func point(_ originator: inout DERReader) throws(DERError) -> [UInt8]? {
    guard var key = try originator.readOptional(DERTag.contextConstructed(1))?.reader else { return nil }
    // RFC 5753 §7.1.3: the curve may be left out, and is the recipient's in any case.
    _ = try key.read(DERTag.sequence)
    return Array(try key.readOctetAlignedBitString())
  }

  private static func recipients(
    _ sequence: DERReader
  ) throws -> [(recipient: CertificateIdentifier, encryptedKey: [UInt8])] {
    var sequence = sequence
    var recipients: [(CertificateIdentifier, [UInt8])] = []
    while !sequence.isAtEnd {
      guard recipients.count < RecipientInfos.maximumCount else { throw CMSError.tooLarge }
      var pair = try sequence.readSequence()
      let recipient = try Self.recipient(&pair)
      recipients.append((recipient, Array(try pair.readOctetString())))
      try pair.finish()
    }
    return recipients
  }

  /// `rKeyId [0] IMPLICIT RecipientKeyIdentifier` is a SEQUENCE that begins with the key identifier.
  private static func recipient(_ pair: inout DERReader) throws(DERError) -> CertificateIdentifier {
    guard var identifier = try pair.readOptional(DERTag.contextConstructed(0))?.reader else {
      return try CertificateIdentifier.issuerAndSerialNumber(&pair)
    }
    return .subjectKeyIdentifier(Array(try identifier.readOctetString()))
  }

  func contentKey(_ key: any RecipientKey, encryptedKey: [UInt8]) throws(CMSError) -> SymmetricKey {
    guard let digest = Self.schemes.first(where: { $0.identifier == schemeIdentifier })?.digest, let point else {
      throw .unsupportedAlgorithm(schemeIdentifier)
    }
    guard let wrap = KeyWrap.allCases.first(where: { $0.identifier == wrapIdentifier }) else {
      throw .unsupportedAlgorithm(wrapIdentifier ?? schemeIdentifier)
    }
    let sharedInfo = wrap.sharedInfo(userKeyingMaterial: userKeyingMaterial)
    guard let agreed = key.agreedKey(with: point, sharedInfo: sharedInfo, size: wrap.keySize, digest: digest),
      let contentKey = try? AES.KeyWrap.unwrap(encryptedKey, using: agreed)
    else { throw .cannotOpen }
    return contentKey
  }

  /// RFC 5753 §7.1.4: `dhSinglePass-stdDH-…kdf-scheme`. The one with SHA-1 is not taken.
  static let schemes: [(identifier: ObjectIdentifier, digest: DigestAlgorithm)] = [
    (ObjectIdentifier([1, 3, 132, 1, 11, 1]), .sha256), (ObjectIdentifier([1, 3, 132, 1, 11, 2]), .sha384),
    (ObjectIdentifier([1, 3, 132, 1, 11, 3]), .sha512),
  ]
}

/// RFC 3565 §2.3.2.
enum KeyWrap: CaseIterable {
  case aes128, aes256

  var keySize: Int { self == .aes128 ? 16 : 32 }

  var identifier: ObjectIdentifier {
    switch self {
    case .aes128: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 5])
    case .aes256: ObjectIdentifier([2, 16, 840, 1, 101, 3, 4, 1, 45])
    }
  }

  /// Two octets.
  private var sizeInBits: [UInt8] { self == .aes128 ? [0, 128] : [1, 0] }

  /// RFC 3565 §2.3.2: without parameters.
  var algorithmIdentifier: [UInt8] { DERWriter.build { $0.sequence { $0.objectIdentifier(identifier) } } }

  /// `ECC-CMS-SharedInfo ::= SEQUENCE { keyInfo, entityUInfo [0] EXPLICIT OCTET STRING OPTIONAL, suppPubInfo [2]
  /// EXPLICIT OCTET STRING }` (RFC 5753 §7.2): the wrapping algorithm and its key's length in bits.
  func sharedInfo(userKeyingMaterial: [UInt8]?) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.raw(algorithmIdentifier)
        if let userKeyingMaterial {
          $0.constructed(DERTag.contextConstructed(0)) { $0.octetString(userKeyingMaterial) }
        }
        $0.constructed(DERTag.contextConstructed(2)) { $0.octetString([0, 0] + sizeInBits) }
      }
    }
  }
}

import Crypto
import WireFormats

/// EnvelopedData (RFC 5652 §6), read and not yet opened. Nothing in it is authenticated: what is inside must be.
///
/// ```
/// EnvelopedData ::= SEQUENCE {
///   version CMSVersion, originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL, recipientInfos RecipientInfos,
///   encryptedContentInfo EncryptedContentInfo, unprotectedAttrs [1] IMPLICIT UnprotectedAttributes OPTIONAL }
/// ```
public struct EnvelopedData: Sendable {
  /// What a password's derivation may cost by default: some 10 ms.
  public static let maximumIterations = 20_000

  public var contentType: ObjectIdentifier { encrypted.contentType }
  /// Nil when it is not one that is taken here.
  public var contentEncryption: ContentEncryption? { encrypted.algorithm }

  private let recipients: RecipientInfos
  private let encrypted: EncryptedContentInfo

  /// From a ContentInfo in BER or DER.
  public init(parsing encoded: [UInt8]) throws(CMSError) {
    try self.init(body: try ContentInfo(parsing: encoded).content(of: CMSContentType.envelopedData))
  }

  /// From an EnvelopedData in DER, as protocols embed it.
  public init(body: ArraySlice<UInt8>) throws(CMSError) {
    (recipients, encrypted) = try CMSError.reading {
      var outer = DERReader(body)
      var fields = try outer.readSequence()
      try outer.finish()
      _ = try fields.readSmallInteger()
      _ = try fields.readOptional(DERTag.contextConstructed(0))
      let recipients = try RecipientInfos(reading: &fields)
      let encrypted = try EncryptedContentInfo(reading: &fields)
      _ = try fields.readOptional(DERTag.contextConstructed(1))
      try fields.finish()
      return (recipients, encrypted)
    }
  }

  /// Opens with a private key that one of these certificates is about.
  ///
  /// - Throws: `cannotOpen` for whatever is wrong with key or content, without telling which.
  public func open(_ key: any RecipientKey, of certificates: [Certificate]) throws(CMSError) -> [UInt8] {
    try open(try recipients.contentKey(key, of: certificates, size: try keySize()))
  }

  /// Opens with a password.
  public func open(
    password: [UInt8], maximumIterations: Int = Self.maximumIterations
  ) throws(CMSError) -> [UInt8] {
    try open(try recipients.contentKey(password, size: try keySize(), maximumIterations: maximumIterations))
  }

  private func keySize() throws(CMSError) -> Int {
    guard let algorithm = encrypted.algorithm, !algorithm.isAuthenticated else {
      throw .unsupportedAlgorithm(encrypted.algorithmIdentifier)
    }
    return algorithm.keySize
  }

  private func open(_ contentKey: SymmetricKey) throws(CMSError) -> [UInt8] {
    guard let content = encrypted.open(contentKey) else { throw .cannotOpen }
    return content
  }
}

extension EnvelopedData {
  /// A ContentInfo in DER.
  ///
  /// - Parameter algorithm: AES in CBC mode.
  public static func encode(
    content: [UInt8], type: ObjectIdentifier = CMSContentType.data, to recipients: [Recipient],
    algorithm: ContentEncryption = .aes256CBC
  ) throws(CMSError) -> [UInt8] {
    let body = try encodeBody(content: content, type: type, to: recipients, algorithm: algorithm)
    return ContentInfo.encode(CMSContentType.envelopedData, content: body)
  }

  /// An EnvelopedData alone, as protocols embed it, DER.
  public static func encodeBody(
    content: [UInt8], type: ObjectIdentifier = CMSContentType.data, to recipients: [Recipient],
    algorithm: ContentEncryption = .aes256CBC
  ) throws(CMSError) -> [UInt8] {
    try CMSError.sealing {
      guard !recipients.isEmpty, !algorithm.isAuthenticated else { throw CMSError.cannotSeal }
      let key = SymmetricKey(size: SymmetricKeySize(bitCount: algorithm.keySize * 8))
      let infos = try RecipientInfos.encode(recipients, sealing: key)
      let encrypted = try EncryptedContentInfo(sealing: content, type: type, algorithm, key: key)
      return DERWriter.build(capacity: content.count + 1024) {
        $0.sequence {
          $0.integer(version(recipients))
          $0.raw(infos)
          encrypted.write(to: &$0, ciphertext: encrypted.ciphertext)
        }
      }
    }
  }

  /// RFC 5652 §6.1.
  private static func version(_ recipients: [Recipient]) -> Int {
    var version = 0
    for recipient in recipients {
      switch recipient {
      case .password: return 3
      case .keyAgreement: version = 2
      case .keyTransport(let identifier, _, _): if identifier.isKeyIdentifier { version = 2 }
      }
    }
    return version
  }
}

import Crypto
import WireFormats

/// AuthEnvelopedData (RFC 5083 §2) with AES-GCM, read and not yet opened.
///
/// ```
/// AuthEnvelopedData ::= SEQUENCE {
///   version CMSVersion (0), originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL, recipientInfos RecipientInfos,
///   authEncryptedContentInfo EncryptedContentInfo, authAttrs [1] IMPLICIT AuthAttributes OPTIONAL,
///   mac MessageAuthenticationCode, unauthAttrs [2] IMPLICIT UnauthAttributes OPTIONAL }
/// ```
public struct AuthEnvelopedData: Sendable {
  public var contentType: ObjectIdentifier { encrypted.contentType }
  /// Empty when there are none.
  public let authenticatedAttributes: [CMSAttribute]

  private let recipients: RecipientInfos
  private let encrypted: EncryptedContentInfo
  private let tag: [UInt8]

  /// From a ContentInfo in BER or DER.
  public init(parsing encoded: [UInt8]) throws(CMSError) {
    try self.init(body: try ContentInfo(parsing: encoded).content(of: CMSContentType.authEnvelopedData))
  }

  /// From an AuthEnvelopedData in DER, as protocols embed it.
  public init(body: ArraySlice<UInt8>) throws(CMSError) {
    self = try CMSError.reading { try AuthEnvelopedData(fields: body) }
  }

  private init(fields body: ArraySlice<UInt8>) throws {
    var outer = DERReader(body)
    var fields = try outer.readSequence()
    try outer.finish()
    _ = try fields.readSmallInteger()
    _ = try fields.readOptional(DERTag.contextConstructed(0))
    recipients = try RecipientInfos(reading: &fields)
    encrypted = try EncryptedContentInfo(reading: &fields)
    authenticatedAttributes = try fields.readOptional(DERTag.contextConstructed(1)).map(CMSAttribute.parse) ?? []
    tag = Array(try fields.readOctetString())
    _ = try fields.readOptional(DERTag.contextConstructed(2))
    try fields.finish()
  }

  /// Opens with a private key that one of these certificates is about.
  public func open(_ key: any RecipientKey, of certificates: [Certificate]) throws(CMSError) -> [UInt8] {
    try open(try recipients.contentKey(key, of: certificates, size: try keySize()))
  }

  /// Opens with a password.
  public func open(
    password: [UInt8], maximumIterations: Int = EnvelopedData.maximumIterations
  ) throws(CMSError) -> [UInt8] {
    try open(try recipients.contentKey(password, size: try keySize(), maximumIterations: maximumIterations))
  }

  private func keySize() throws(CMSError) -> Int {
    guard let algorithm = encrypted.algorithm, algorithm.isAuthenticated else {
      throw .unsupportedAlgorithm(encrypted.algorithmIdentifier)
    }
    return algorithm.keySize
  }

  private func open(_ contentKey: SymmetricKey) throws(CMSError) -> [UInt8] {
    // RFC 5083 §2.2: authenticated with the tag of a SET OF, in DER; nothing when there are none.
    let attributes = authenticatedAttributes.isEmpty ? [] : CMSAttribute.encodeSet(authenticatedAttributes)
    guard tag.count == EncryptedContentInfo.tagSize,
      let content = encrypted.open(contentKey, tag: tag, authenticating: attributes)
    else { throw .cannotOpen }
    return content
  }
}

extension AuthEnvelopedData {
  /// A ContentInfo in DER.
  ///
  /// - Parameter algorithm: AES in GCM mode.
  public static func encode(
    content: [UInt8], type: ObjectIdentifier = CMSContentType.data, to recipients: [Recipient],
    algorithm: ContentEncryption = .aes256GCM
  ) throws(CMSError) -> [UInt8] {
    let body = try CMSError.sealing { () throws -> [UInt8] in
      guard !recipients.isEmpty, algorithm.isAuthenticated else { throw CMSError.cannotSeal }
      let key = SymmetricKey(size: SymmetricKeySize(bitCount: algorithm.keySize * 8))
      let infos = try RecipientInfos.encode(recipients, sealing: key)
      let encrypted = try EncryptedContentInfo(sealing: content, type: type, algorithm, key: key)
      return DERWriter.build(capacity: content.count + 1024) {
        $0.sequence {
          $0.integer(0)
          $0.raw(infos)
          encrypted.write(to: &$0, ciphertext: encrypted.ciphertext.dropLast(EncryptedContentInfo.tagSize))
          $0.octetString(encrypted.ciphertext.suffix(EncryptedContentInfo.tagSize))
        }
      }
    }
    return ContentInfo.encode(CMSContentType.authEnvelopedData, content: body)
  }
}

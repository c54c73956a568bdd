import Crypto
import WireFormats

/// Whom something is encrypted to (RFC 5652 §6.2).
public enum Recipient: Sendable {
  /// An RSA key, named by its certificate.
  case keyTransport(CertificateIdentifier, SubjectPublicKeyInfo, KeyTransport)
  /// A key on P-256 or P-384, named by its certificate.
  case keyAgreement(CertificateIdentifier, SubjectPublicKeyInfo)
  case password([UInt8], iterations: Int, wrap: PasswordWrap = .doubled)

  /// The usual way to a certificate's key; nil when it is of a kind that only signs.
  public init?(_ certificate: Certificate, transport: KeyTransport = .pkcs1) {
    self.init(certificate, named: CertificateIdentifier(certificate), transport: transport)
  }

  /// The same, where a protocol says how the certificate is named.
  public init?(_ certificate: Certificate, named identifier: CertificateIdentifier, transport: KeyTransport) {
    guard let key = certificate.publicKey else { return nil }
    switch key.algorithm {
    case .rsa2048, .rsa3072, .rsa4096: self = .keyTransport(identifier, key, transport)
    case .p256, .p384: self = .keyAgreement(identifier, key)
    case .ed25519: return nil
    }
  }
}

/// `RecipientInfos ::= SET SIZE (1..MAX) OF RecipientInfo` (RFC 5652 §6.1). Kinds that are not used here are passed over.
struct RecipientInfos: Sendable {
  private var transported: [KeyTransRecipientInfo] = []
  private var agreed: [KeyAgreeRecipientInfo] = []
  private var passwords: [PasswordRecipientInfo] = []

  static let maximumCount = 16

  init(reading reader: inout DERReader) throws {
    var set = try reader.read(DERTag.set).reader
    var count = 0
    repeat {
      guard count < Self.maximumCount else { throw CMSError.tooLarge }
      count += 1
      switch set.nextTag {
      case DERTag.sequence: transported.append(try KeyTransRecipientInfo(reading: &set))
      case DERTag.contextConstructed(1): agreed.append(try KeyAgreeRecipientInfo(set.read()))
      case DERTag.contextConstructed(3): passwords.append(try PasswordRecipientInfo(set.read()))
      default: _ = try set.read()
      }
    } while !set.isAtEnd
  }

  /// The content key, of `size` octets, that was encrypted to this key.
  func contentKey(
    _ key: any RecipientKey, of certificates: [Certificate], size: Int
  ) throws(CMSError) -> SymmetricKey {
    func isOurs(_ identifier: CertificateIdentifier) -> Bool { certificates.contains { identifier.identifies($0) } }
    if key.publicKey.algorithm.isRSA {
      guard let info = transported.first(where: { isOurs($0.recipient) }) else { throw .notARecipient }
      return try info.contentKey(key, size: size)
    }
    for info in agreed {
      guard let mine = info.recipients.first(where: { isOurs($0.recipient) }) else { continue }
      let contentKey = try info.contentKey(key, encryptedKey: mine.encryptedKey)
      guard contentKey.bitCount == size * 8 else { throw .cannotOpen }
      return contentKey
    }
    throw .notARecipient
  }

  /// The content key that was encrypted under this password.
  func contentKey(_ password: [UInt8], size: Int, maximumIterations: Int) throws(CMSError) -> SymmetricKey {
    // One derivation is what a message can cost.
    guard let info = passwords.first else { throw .notARecipient }
    guard let key = try info.contentKey(password, size: size, maximumIterations: maximumIterations) else {
      throw .cannotOpen
    }
    return key
  }

  /// The SET, DER.
  static func encode(_ recipients: [Recipient], sealing key: SymmetricKey) throws -> [UInt8] {
    let infos = try recipients.map { try encode($0, sealing: key) }
    return DERWriter.build {
      $0.constructed(DERTag.set) { for info in DERSet.ordered(infos) { $0.raw(info) } }
    }
  }

  private static func encode(_ recipient: Recipient, sealing key: SymmetricKey) throws -> [UInt8] {
    var writer = DERWriter()
    switch recipient {
    case .keyTransport(let identifier, let publicKey, let transport):
      guard publicKey.algorithm.isRSA else { throw CMSError.cannotSeal }
      try KeyTransRecipientInfo(sealing: key, to: identifier, publicKey, transport).write(to: &writer)
    case .keyAgreement(let identifier, let publicKey):
      writer.raw(try KeyAgreeRecipientInfo.encode(sealing: key, to: identifier, publicKey))
    case .password(let password, let iterations, let wrap):
      try PasswordRecipientInfo(sealing: key, under: password, iterations: iterations, wrap).write(to: &writer)
    }
    return writer.bytes
  }
}

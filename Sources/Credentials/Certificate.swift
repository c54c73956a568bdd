import Crypto
import WireFormats

/// Why a certificate cannot be read.
public enum CertificateError: Error, Hashable, Sendable {
  /// Over `Certificate.maximumSize`.
  case tooLarge
  case malformed(DERError)
  case unsupportedVersion
  /// Zero, negative or over 20 octets (RFC 5280 §4.1.2.2).
  case badSerialNumber
  /// RFC 5280 §4.1.1.2: the outer algorithm is not the one inside the signature.
  case signatureAlgorithmMismatch
  case duplicateExtension(ObjectIdentifier)
  /// An extension's value is not what its identifier promises.
  case malformedExtension(ObjectIdentifier)
}

/// An X.509 certificate (RFC 5280 §4.1), of ours or of a stranger, parsed once. Two are equal when their DER is.
///
/// Keys and signatures of algorithms that are not known here can be read and listed, and never verify.
public struct Certificate: Sendable, Hashable {
  public static let maximumSize = 65_536

  public let encoded: [UInt8]
  public let serial: SerialNumber
  public let issuer: DistinguishedName
  public let subject: DistinguishedName
  public let notBefore: Instant
  public let notAfter: Instant
  /// The whole structure, whatever its algorithm.
  public let subjectPublicKeyInfo: [UInt8]
  /// Nil when the key's algorithm, curve or strength is not one that is used here.
  public let publicKey: SubjectPublicKeyInfo?
  /// Nil when it is not known here.
  public let signatureAlgorithm: SignatureAlgorithm?
  /// 1, 2 or 3.
  public let version: Int
  public let extensions: [CertificateExtension]

  private let known: KnownExtensions
  private let toBeSigned: ArraySlice<UInt8>
  private let signature: ArraySlice<UInt8>

  public init(parsing der: [UInt8]) throws(CertificateError) {
    guard der.count <= Self.maximumSize else { throw .tooLarge }
    do {
      try self.init(der)
    } catch let error as CertificateError {
      throw error
    } catch let error as DERError {
      throw .malformed(error)
    } catch let error as KnownExtensions.Malformed {
      throw .malformedExtension(error.identifier)
    } catch ExtensionsError.duplicate(let identifier) {
      throw .duplicateExtension(identifier)
    } catch ExtensionsError.malformed(let error) {
      throw .malformed(error)
    } catch {
      throw .malformed(.truncated)
    }
  }

  private init(_ der: [UInt8]) throws {
    var outer = DERReader(der)
    var certificate = try outer.readSequence()
    try outer.finish()
    let toBeSigned = try certificate.read(DERTag.sequence)
    let algorithm = try certificate.read(DERTag.sequence).encoded
    signature = try certificate.readOctetAlignedBitString()
    try certificate.finish()

    var fields = toBeSigned.reader
    version = try Self.version(&fields)
    guard let serial = SerialNumber(integerContent: try fields.readIntegerBytes()) else {
      throw CertificateError.badSerialNumber
    }
    guard try fields.read(DERTag.sequence).encoded == algorithm else {
      throw CertificateError.signatureAlgorithmMismatch
    }
    issuer = try DistinguishedName(element: fields.read(DERTag.sequence).encoded)
    var validity = try fields.readSequence()
    notBefore = try validity.readTime()
    notAfter = try validity.readTime()
    try validity.finish()
    subject = try DistinguishedName(element: fields.read(DERTag.sequence).encoded)
    subjectPublicKeyInfo = Array(try fields.read(DERTag.sequence).encoded)
    extensions = try Self.extensions(&fields, version: version)

    encoded = der
    self.serial = serial
    self.toBeSigned = toBeSigned.encoded
    signatureAlgorithm = SignatureAlgorithm(algorithmIdentifier: algorithm)
    publicKey = try? SubjectPublicKeyInfo(parsing: subjectPublicKeyInfo)
    known = try KnownExtensions(extensions)
  }

  public static func == (left: Certificate, right: Certificate) -> Bool { left.encoded == right.encoded }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

  /// SHA-256 of the whole certificate.
  public var fingerprint: [UInt8] { SHA256.hash(data: encoded).withUnsafeBytes { Array($0) } }

  /// Whether this key made the signature. Says nothing about names, validity or rights.
  public func isSigned(by key: SubjectPublicKeyInfo) -> Bool {
    guard let signatureAlgorithm else { return false }
    return key.isValid(signature: signature, message: toBeSigned, algorithm: signatureAlgorithm)
  }

  private static func version(_ fields: inout DERReader) throws -> Int {
    // RFC 5280 §4.1.2.1: `[0] EXPLICIT Version DEFAULT v1`.
    guard var explicit = try fields.readOptional(DERTag.contextConstructed(0))?.reader else { return 1 }
    let version = try explicit.readSmallInteger()
    try explicit.finish()
    guard version == 1 || version == 2 else { throw CertificateError.unsupportedVersion }
    return version + 1
  }

  private static func extensions(_ fields: inout DERReader, version: Int) throws -> [CertificateExtension] {
    // RFC 5280 §4.1.2.8: issuerUniqueID and subjectUniqueID, which nobody uses, in versions 2 and 3.
    if version > 1 {
      _ = try fields.readOptional(DERTag.context(1))
      _ = try fields.readOptional(DERTag.context(2))
    }
    guard version == 3, var explicit = try fields.readOptional(DERTag.contextConstructed(3))?.reader else {
      try fields.finish()
      return []
    }
    try fields.finish()
    let extensions = try CertificateExtension.parseAll(explicit.read(DERTag.sequence).encoded)
    try explicit.finish()
    return extensions
  }
}

extension Certificate {
  /// Whether BasicConstraints says `cA`.
  public var isAuthority: Bool { known.basicConstraints?.isAuthority ?? false }
  public var pathLength: Int? { known.basicConstraints?.pathLength }
  public var keyUsage: KeyUsage? { known.keyUsage }
  public var extendedKeyUsages: [ObjectIdentifier] { known.extendedKeyUsages }
  public var subjectAlternativeNames: [GeneralName] { known.subjectAlternativeNames }
  public var subjectKeyIdentifier: [UInt8]? { known.subjectKeyIdentifier }
  public var authorityKeyIdentifier: [UInt8]? { known.authorityKeyIdentifier }
  /// Nil when these extensions are not well formed.
  public var statusAddresses: StatusAddresses? { try? StatusAddresses(extensions) }
  /// Subject and issuer are the same name.
  public var isSelfIssued: Bool { subject == issuer }

  /// The extension of that identifier.
  public func firstExtension(_ identifier: ObjectIdentifier) -> CertificateExtension? {
    extensions.first { $0.identifier == identifier }
  }
}

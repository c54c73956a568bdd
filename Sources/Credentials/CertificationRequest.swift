import WireFormats

/// Why a certification request cannot be read.
public enum CertificationRequestError: Error, Hashable, Sendable {
  /// Over `CertificationRequest.maximumSize`.
  case tooLarge
  case malformed(DERError)
  /// RFC 2986 §4.1: only version 0 exists.
  case unsupportedVersion
  case publicKey(PublicKeyError)
  case unsupportedSignatureAlgorithm(ObjectIdentifier)
  /// An attribute that may stand once stands twice, or has several values.
  case duplicateAttribute(ObjectIdentifier)
  case duplicateExtension(ObjectIdentifier)
  /// A requested extension's value is not what its identifier promises.
  case malformedExtension(ObjectIdentifier)
}

/// A PKCS#10 certification request (RFC 2986), parsed; `verifyProofOfPossession` is a step of its own.
///
/// ```
/// CertificationRequest ::= SEQUENCE {
///      certificationRequestInfo CertificationRequestInfo,
///      signatureAlgorithm       AlgorithmIdentifier,
///      signature                BIT STRING }
/// ```
public struct CertificationRequest: Sendable {
  /// Requests with ten extensions and an RSA-4096 key take 2 KiB; those with post-quantum keys stay under 16 KiB.
  public static let maximumSize = 65_536

  public let encoded: [UInt8]
  public let subject: DistinguishedName
  public let publicKey: SubjectPublicKeyInfo
  public let signatureAlgorithm: SignatureAlgorithm
  /// What the extensionRequest attribute asks for (RFC 2985 §5.4.2).
  public let extensions: [CertificateExtension]
  /// RFC 2985 §5.4.1.
  public let challengePassword: String?
  /// The types of all other attributes, in order. They are surfaced for policy, not refused here.
  public let unknownAttributes: [ObjectIdentifier]

  private let known: KnownExtensions
  private let information: ArraySlice<UInt8>
  private let signature: ArraySlice<UInt8>

  public init(parsing der: [UInt8]) throws(CertificationRequestError) {
    guard der.count <= Self.maximumSize else { throw .tooLarge }
    do {
      try self.init(der)
    } catch let error as CertificationRequestError {
      throw error
    } catch let error as DERError {
      throw .malformed(error)
    } catch let error as PublicKeyError {
      throw .publicKey(error)
    } catch let error as KnownExtensions.Malformed {
      throw .malformedExtension(error.identifier)
    } catch ExtensionsError.duplicate(let identifier) {
      throw .duplicateExtension(identifier)
    } catch ExtensionsError.malformed {
      throw .malformedExtension(RequestAttribute.extensionRequest)
    } catch {
      throw .malformed(.truncated)
    }
  }

  private init(_ der: [UInt8]) throws {
    var outer = DERReader(der)
    var request = try outer.readSequence()
    try outer.finish()
    let information = try request.read(DERTag.sequence)
    let algorithm = try request.read(DERTag.sequence)
    signature = try request.readOctetAlignedBitString()
    try request.finish()
    guard let known = SignatureAlgorithm(algorithmIdentifier: algorithm.encoded) else {
      var fields = algorithm.reader
      throw CertificationRequestError.unsupportedSignatureAlgorithm(try fields.readObjectIdentifier())
    }

    var fields = information.reader
    guard try fields.readSmallInteger() == 0 else { throw CertificationRequestError.unsupportedVersion }
    subject = try DistinguishedName(element: fields.read(DERTag.sequence).encoded)
    publicKey = try SubjectPublicKeyInfo(parsing: fields.read(DERTag.sequence).encoded)
    // RFC 2986 §4.1 demands the attributes even when empty; clients that leave them out are common.
    let attributes = try Attributes(fields.readOptional(DERTag.contextConstructed(0)))
    try fields.finish()

    encoded = der
    signatureAlgorithm = known
    self.information = information.encoded
    extensions = attributes.extensions
    challengePassword = attributes.challengePassword
    unknownAttributes = attributes.unknown
    self.known = try KnownExtensions(attributes.extensions)
  }

  public var subjectAlternativeNames: [GeneralName] { known.subjectAlternativeNames }
  public var keyUsage: KeyUsage? { known.keyUsage }
  public var extendedKeyUsages: [ObjectIdentifier] { known.extendedKeyUsages }
  public var basicConstraints: BasicConstraints? { known.basicConstraints }

  /// Whether the request's own key signed it (RFC 2986 §4.2), over the octets that were received.
  public func verifyProofOfPossession() -> Bool {
    publicKey.isValid(signature: signature, message: information, algorithm: signatureAlgorithm)
  }
}

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

  /// What it asks for and how it proves its key, in no format's terms.
  public private(set) var requested: RequestedCertificate
  public let signatureAlgorithm: SignatureAlgorithm
  /// RFC 2985 §5.4.1.
  public let challengePassword: String?
  /// The types of all other attributes, in order. They are surfaced for policy, not refused here.
  public let unknownAttributes: [ObjectIdentifier]

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
    let signature = try request.readOctetAlignedBitString()
    try request.finish()
    guard let known = SignatureAlgorithm(ofRequest: algorithm.encoded) else {
      var fields = algorithm.reader
      throw CertificationRequestError.unsupportedSignatureAlgorithm(try fields.readObjectIdentifier())
    }

    var fields = information.reader
    guard try fields.readSmallInteger() == 0 else { throw CertificationRequestError.unsupportedVersion }
    let subject = try DistinguishedName(element: fields.read(DERTag.sequence).encoded)
    let publicKey = try SubjectPublicKeyInfo(parsing: fields.read(DERTag.sequence).encoded)
    // RFC 2986 §4.1 demands the attributes even when empty; clients that leave them out are common.
    let attributes = try Attributes(fields.readOptional(DERTag.contextConstructed(0)))
    try fields.finish()

    signatureAlgorithm = known
    challengePassword = attributes.challengePassword
    unknownAttributes = attributes.unknown
    requested = try RequestedCertificate(
      encoded: der, subject: subject, publicKey: publicKey, extensions: attributes.extensions,
      proof: .signature(signature, over: information.encoded, algorithm: known))
  }

  public var encoded: [UInt8] { requested.encoded }
  public var subject: DistinguishedName { requested.subject }
  public var publicKey: SubjectPublicKeyInfo { requested.publicKey }
  /// What the extensionRequest attribute asks for (RFC 2985 §5.4.2).
  public var extensions: [CertificateExtension] { requested.extensions }
  public var subjectAlternativeNames: [GeneralName] { requested.subjectAlternativeNames }
  public var keyUsage: KeyUsage? { requested.keyUsage }
  public var extendedKeyUsages: [ObjectIdentifier] { requested.extendedKeyUsages }
  public var basicConstraints: BasicConstraints? { requested.basicConstraints }

  /// Whether the request's own key signed it (RFC 2986 §4.2), over the octets that were received.
  public func verifyProofOfPossession() -> Bool { requested.verifyProofOfPossession() }

  /// The same, remembering that its key signed it; nil where it did not.
  public var proven: CertificationRequest? {
    guard let requested = requested.proven else { return nil }
    var proven = self
    proven.requested = requested
    return proven
  }
}

import WireFormats

/// A signed answer (RFC 6960 §4.2.1).
///
/// ```
/// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier,
///   signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ```
public struct OCSPBasicResponse: Sendable {
  public enum ResponderID: Hashable, Sendable {
    /// A Name, DER.
    case byName([UInt8])
    /// SHA-1 of the responder's subjectPublicKey octets.
    case byKey([UInt8])
  }

  /// What the signature covers.
  public let toBeSigned: ArraySlice<UInt8>
  public let signatureAlgorithm: SignatureAlgorithm?
  public let signature: ArraySlice<UInt8>
  public let responderID: ResponderID
  public let producedAt: Instant
  public let responses: [OCSPSingleResponse]
  public let extensions: [CertificateExtension]
  /// DER.
  public let certificates: [[UInt8]]

  init(_ encoded: ArraySlice<UInt8>) throws {
    var outer = DERReader(encoded)
    var basic = try outer.readSequence()
    try outer.finish()
    let data = try basic.read(DERTag.sequence)
    signatureAlgorithm = SignatureAlgorithm(algorithmIdentifier: try basic.read(DERTag.sequence).encoded)
    signature = try basic.readOctetAlignedBitString()
    certificates = try Self.certificates(basic.readOptional(DERTag.contextConstructed(0)))
    try basic.finish()
    toBeSigned = data.encoded
    var fields = data.reader
    // The version, which is v1 (0) where it is written at all.
    if var version = try fields.readOptional(DERTag.contextConstructed(0))?.reader {
      guard try version.readSmallInteger() == 0 else { throw DERError.badInteger }
    }
    responderID = try Self.responderID(fields.read())
    producedAt = try fields.readGeneralizedTime()
    var list = try fields.readSequence()
    var responses: [OCSPSingleResponse] = []
    while !list.isAtEnd { responses.append(try OCSPSingleResponse(&list)) }
    self.responses = responses
    extensions = try Self.extensions(fields.readOptional(DERTag.contextConstructed(1)))
    try fields.finish()
  }

  /// The nonce that it repeats.
  public var nonce: [UInt8]? {
    guard let item = extensions.first(where: { $0.identifier == ExtensionID.ocspNonce }) else { return nil }
    var reader = DERReader(item.value)
    return (try? reader.readOctetString()).map(Array.init)
  }

  /// RFC 6960 §4.4.8.
  public var statesExtendedRevoke: Bool {
    extensions.contains { $0.identifier == OCSPResponse.extendedRevokeIdentifier }
  }

  /// What it says about a certificate.
  public func response(for serial: SerialNumber) -> OCSPSingleResponse? {
    responses.first { $0.certificate.serial == serial }
  }

  /// Whether the key made the signature. Whether the key may is the caller's to check (RFC 6960 §4.2.2.2).
  public func isSigned(by key: SubjectPublicKeyInfo) -> Bool {
    guard let signatureAlgorithm else { return false }
    return key.isValidSignature(signature, over: toBeSigned, algorithm: signatureAlgorithm)
  }

  private static func responderID(_ choice: DERElement) throws -> ResponderID {
    var reader = choice.reader
    let value: ResponderID
    switch choice.tag {
    case DERTag.contextConstructed(1): value = .byName(Array(try reader.read(DERTag.sequence).encoded))
    case DERTag.contextConstructed(2): value = .byKey(Array(try reader.readOctetString()))
    default: throw DERError.unexpectedTag(found: choice.tag, expected: DERTag.contextConstructed(2))
    }
    try reader.finish()
    return value
  }

  private static func certificates(_ explicit: DERElement?) throws -> [[UInt8]] {
    guard var outer = explicit?.reader else { return [] }
    var list = try outer.readSequence()
    try outer.finish()
    var certificates: [[UInt8]] = []
    while !list.isAtEnd { certificates.append(Array(try list.read(DERTag.sequence).encoded)) }
    return certificates
  }

  private static func extensions(_ explicit: DERElement?) throws(OCSPResponseError) -> [CertificateExtension] {
    guard let explicit else { return [] }
    do {
      return try CertificateExtension.parseAll(explicit.content)
    } catch {
      switch error {
      case .malformed(let reason): throw .malformed(reason)
      case .duplicate(let identifier): throw .duplicateExtension(identifier)
      }
    }
  }
}

import WireFormats

/// SignedData (RFC 5652 §5), read; `verify` is a step of its own, since who may sign is not said in it.
///
/// ```
/// SignedData ::= SEQUENCE {
///   version CMSVersion, digestAlgorithms DigestAlgorithmIdentifiers, encapContentInfo EncapsulatedContentInfo,
///   certificates [0] IMPLICIT CertificateSet OPTIONAL, crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///   signerInfos SignerInfos }
/// ```
public struct SignedData: Sendable {
  public let contentType: ObjectIdentifier
  /// Nil when the content is elsewhere (a detached signature).
  public let content: [UInt8]?
  /// The X.509 certificates, DER, in their order.
  public let certificates: [[UInt8]]
  /// The X.509 CRLs, DER.
  public let revocationLists: [[UInt8]]
  public let signers: [SignerInfo]

  private static let maximumCertificates = 64
  private static let maximumLists = 16
  private static let maximumSigners = 16

  /// From a ContentInfo in BER or DER.
  public init(parsing encoded: [UInt8]) throws(CMSError) {
    try self.init(body: try ContentInfo(parsing: encoded).content(of: CMSContentType.signedData))
  }

  /// From a SignedData in DER, as protocols embed it.
  public init(body: ArraySlice<UInt8>) throws(CMSError) {
    self = try CMSError.reading { try SignedData(fields: body) }
  }

  private init(fields body: ArraySlice<UInt8>) throws {
    var outer = DERReader(body)
    var fields = try outer.readSequence()
    try outer.finish()
    _ = try fields.readSmallInteger()
    _ = try fields.read(DERTag.set)
    var encapsulated = try fields.readSequence()
    contentType = try encapsulated.readObjectIdentifier()
    content = try Self.content(&encapsulated)
    // RFC 5652 §10.2.2: an untagged SEQUENCE is an X.509 certificate or list; the tagged choices are others.
    certificates = try Self.members(&fields, DERTag.contextConstructed(0), atMost: Self.maximumCertificates)
    revocationLists = try Self.members(&fields, DERTag.contextConstructed(1), atMost: Self.maximumLists)
    var set = try fields.read(DERTag.set).reader
    try fields.finish()
    var signers: [SignerInfo] = []
    while !set.isAtEnd {
      guard signers.count < Self.maximumSigners else { throw CMSError.tooLarge }
      signers.append(try SignerInfo(reading: &set))
    }
    self.signers = signers
  }

  private static func content(_ encapsulated: inout DERReader) throws -> [UInt8]? {
    guard var explicit = try encapsulated.readOptional(DERTag.contextConstructed(0))?.reader else {
      try encapsulated.finish()
      return nil
    }
    let content = try explicit.readOctetString()
    try explicit.finish()
    try encapsulated.finish()
    return Array(content)
  }

  private static func members(_ fields: inout DERReader, _ tag: UInt8, atMost maximum: Int) throws -> [[UInt8]] {
    guard var set = try fields.readOptional(tag)?.reader else { return [] }
    var members: [[UInt8]] = []
    while !set.isAtEnd {
      guard members.count < maximum else { throw CMSError.tooLarge }
      let element = try set.read()
      if element.tag == DERTag.sequence { members.append(Array(element.encoded)) }
    }
    return members
  }

  /// Checks one signer's signature with this key.
  ///
  /// - Parameter detached: The content, where it is not inside.
  public func verify(
    _ signer: SignerInfo, key: SubjectPublicKeyInfo, detached: [UInt8]? = nil
  ) throws(CMSError) {
    guard let content = content ?? detached else { throw .missingContent }
    try signer.verify(content: content, type: contentType, key: key)
  }

  /// The certificate among those sent along that a signer names; nil when none is, or it cannot be read.
  public func certificate(of signer: SignerInfo) -> Certificate? {
    for encoded in certificates {
      if let certificate = try? Certificate(parsing: encoded), signer.identifier.identifies(certificate) {
        return certificate
      }
    }
    return nil
  }
}

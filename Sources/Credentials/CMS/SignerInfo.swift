import WireFormats

/// One signature of a SignedData (RFC 5652 §5.3), read and not yet verified.
///
/// ```
/// SignerInfo ::= SEQUENCE {
///   version CMSVersion, sid SignerIdentifier, digestAlgorithm DigestAlgorithmIdentifier,
///   signedAttrs [0] IMPLICIT SignedAttributes OPTIONAL, signatureAlgorithm SignatureAlgorithmIdentifier,
///   signature SignatureValue, unsignedAttrs [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// ```
public struct SignerInfo: Sendable {
  public let identifier: CertificateIdentifier
  /// Nil when it is not one that is taken here; its identifier is in `digestIdentifier`.
  public let digestAlgorithm: DigestAlgorithm?
  public let digestIdentifier: ObjectIdentifier
  /// Nil when it is not one that is taken here, or does not belong to the digest.
  public let signatureAlgorithm: SignatureAlgorithm?
  /// Empty when there are none.
  public let signedAttributes: [CMSAttribute]
  public let unsignedAttributes: [CMSAttribute]

  private let signatureIdentifier: ObjectIdentifier
  private let signature: ArraySlice<UInt8>
  /// The contents of signedAttrs in the order that they came in; nil without any.
  private let signedContents: ArraySlice<UInt8>?

  init(reading reader: inout DERReader) throws {
    var fields = try reader.readSequence()
    _ = try fields.readSmallInteger()
    identifier = try CertificateIdentifier(reading: &fields)
    var digest = try fields.readSequence()
    digestIdentifier = try digest.readObjectIdentifier()
    digestAlgorithm = DigestAlgorithm(identifier: digestIdentifier)
    let attributes = try fields.readOptional(DERTag.contextConstructed(0))
    signedContents = attributes?.content
    signedAttributes = try attributes.map(CMSAttribute.parse) ?? []
    let algorithm = try fields.read(DERTag.sequence)
    var parts = algorithm.reader
    signatureIdentifier = try parts.readObjectIdentifier()
    signatureAlgorithm = digestAlgorithm.flatMap { Self.signatureAlgorithm(algorithm.encoded, digest: $0) }
    signature = try fields.readOctetString()
    unsignedAttributes = try fields.readOptional(DERTag.contextConstructed(1)).map(CMSAttribute.parse) ?? []
    try fields.finish()
  }

  /// The one value of an attribute that stands once with one value; nil otherwise.
  public func signedValue(_ type: ObjectIdentifier) -> [UInt8]? {
    let matching = signedAttributes.filter { $0.type == type }
    guard matching.count == 1, let values = matching.first?.values, values.count == 1 else { return nil }
    return values.first
  }

  /// Checks that this key signed that content, of that type.
  public func verify(content: [UInt8], type: ObjectIdentifier, key: SubjectPublicKeyInfo) throws(CMSError) {
    guard let digestAlgorithm else { throw .unsupportedAlgorithm(digestIdentifier) }
    guard let signatureAlgorithm else { throw .unsupportedAlgorithm(signatureIdentifier) }
    guard let signedContents else {
      // RFC 5652 §5.3: signed attributes may be missing only where the content is plain data.
      guard type == CMSContentType.data else { throw .missingAttribute(CMSAttribute.contentType) }
      guard key.isValidSignature(signature, over: content, algorithm: signatureAlgorithm) else { throw .badSignature }
      return
    }
    try checkAttributes(type, digest: digestAlgorithm.digest(content))
    guard isSigned(signedContents, by: key, signatureAlgorithm) else { throw .badSignature }
  }

  private func checkAttributes(_ type: ObjectIdentifier, digest: [UInt8]) throws(CMSError) {
    guard let stated = signedValue(CMSAttribute.contentType) else {
      throw .missingAttribute(CMSAttribute.contentType)
    }
    guard stated == DERWriter.build({ $0.objectIdentifier(type) }) else { throw .contentTypeMismatch }
    guard let messageDigest = signedValue(CMSAttribute.messageDigest) else {
      throw .missingAttribute(CMSAttribute.messageDigest)
    }
    guard messageDigest == DERWriter.build({ $0.octetString(digest) }) else { throw .digestMismatch }
  }

  /// RFC 5652 §5.4: what is signed is the DER of a SET OF, with its own tag. Clients exist that sign, and send, the
  /// attributes in another order than DER's; what they signed says the same.
  private func isSigned(
    _ contents: ArraySlice<UInt8>, by key: SubjectPublicKeyInfo, _ algorithm: SignatureAlgorithm
  ) -> Bool {
    let ordered = CMSAttribute.encodeSet(signedAttributes)
    if key.isValidSignature(signature, over: ordered, algorithm: algorithm) { return true }
    let asSent = DERWriter.build { $0.primitive(DERTag.set, contents) }
    return asSent != ordered && key.isValidSignature(signature, over: asSent, algorithm: algorithm)
  }

  private static let rsaEncryption = ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])

  /// RFC 3370 §3.2: an RSA signature may stand under the key's own identifier, and then means PKCS #1 v1.5 with the
  /// digest.
  private static func signatureAlgorithm(
    _ encoded: ArraySlice<UInt8>, digest: DigestAlgorithm
  ) -> SignatureAlgorithm? {
    var outer = DERReader(encoded)
    guard var fields = try? outer.readSequence(), let identifier = try? fields.readObjectIdentifier() else {
      return nil
    }
    if identifier == rsaEncryption { return .rsaPKCS1(with: digest) }
    guard let algorithm = SignatureAlgorithm(algorithmIdentifier: encoded), algorithm.digest == digest else {
      return nil
    }
    return algorithm
  }
}

extension SignatureAlgorithm {
  static func rsaPKCS1(with digest: DigestAlgorithm) -> SignatureAlgorithm {
    switch digest {
    case .sha256: .rsaPKCS1WithSHA256
    case .sha384: .rsaPKCS1WithSHA384
    case .sha512: .rsaPKCS1WithSHA512
    }
  }
}

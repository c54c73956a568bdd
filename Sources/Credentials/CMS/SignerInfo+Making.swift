import WireFormats

extension SignerInfo {
  /// A signature of a SignedData before a key has made it: the key may be somewhere else, and take its time.
  public struct ToBeSigned: Sendable {
    /// What the key signs, with `algorithm`: the SET OF signed attributes in DER (RFC 5652 §5.4).
    public let message: [UInt8]

    let identifier: CertificateIdentifier
    let algorithm: SignatureAlgorithm
    private let signedAttributes: [CMSAttribute]
    private let unsignedAttributes: [CMSAttribute]
    private let isUnderKeyIdentifier: Bool

    /// - Parameters:
    ///   - algorithm: What the key signs with.
    ///   - attributes: Besides contentType and messageDigest, which stand in every one.
    ///   - isUnderKeyIdentifier: Whether an RSA signature stands under rsaEncryption (RFC 3370 §3.2), which some clients
    ///     need, instead of the identifier that names the digest too.
    public init(
      content: [UInt8], type: ObjectIdentifier, identifier: CertificateIdentifier, algorithm: SignatureAlgorithm,
      attributes: [CMSAttribute] = [], unsignedAttributes: [CMSAttribute] = [], isUnderKeyIdentifier: Bool = false
    ) {
      self.identifier = identifier
      self.algorithm = algorithm
      self.unsignedAttributes = unsignedAttributes
      self.isUnderKeyIdentifier = isUnderKeyIdentifier
      let digest = algorithm.digest.digest(content)
      signedAttributes =
        [
          CMSAttribute(type: CMSAttribute.contentType, values: [DERWriter.build { $0.objectIdentifier(type) }]),
          CMSAttribute(type: CMSAttribute.messageDigest, values: [DERWriter.build { $0.octetString(digest) }]),
        ] + attributes
      message = CMSAttribute.encodeSet(signedAttributes)
    }

    /// The SignerInfo, DER.
    public func encoded(signature: [UInt8]) -> [UInt8] {
      DERWriter.build {
        $0.sequence {
          // RFC 5652 §5.3: the version follows the identifier.
          $0.integer(identifier.isKeyIdentifier ? 3 : 1)
          identifier.write(to: &$0)
          $0.raw(algorithm.digest.algorithmIdentifier)
          $0.raw(CMSAttribute.encodeSet(signedAttributes, tag: DERTag.contextConstructed(0)))
          $0.raw(signatureIdentifier)
          $0.octetString(signature)
          if !unsignedAttributes.isEmpty {
            $0.raw(CMSAttribute.encodeSet(unsignedAttributes, tag: DERTag.contextConstructed(1)))
          }
        }
      }
    }

    private var signatureIdentifier: [UInt8] {
      isUnderKeyIdentifier && algorithm == .rsaPKCS1(with: algorithm.digest)
        ? KeyTransport.pkcs1.algorithmIdentifier : algorithm.algorithmIdentifier
    }
  }
}

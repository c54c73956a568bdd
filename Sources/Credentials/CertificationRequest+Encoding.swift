import WireFormats

extension CertificationRequest {
  /// Makes a request, as a device does.
  ///
  /// - Parameters:
  ///   - signatureAlgorithm: What `sign` produces; the key's usual one when nil.
  ///   - sign: Signs a message, and returns the signature as X.509 carries it.
  public static func encode<Failure: Error>(
    subject: DistinguishedName, publicKey: SubjectPublicKeyInfo, extensions: [CertificateExtension] = [],
    challengePassword: String? = nil, signatureAlgorithm: SignatureAlgorithm? = nil,
    sign: ([UInt8]) throws(Failure) -> [UInt8]
  ) throws(Failure) -> [UInt8] {
    let information = toBeSigned(
      subject: subject, publicKey: publicKey, extensions: extensions, challengePassword: challengePassword)
    return assemble(
      information, algorithm: signatureAlgorithm ?? publicKey.algorithm.signatureAlgorithm,
      signature: try sign(information))
  }

  /// CertificationRequestInfo, for a key that signs elsewhere.
  public static func toBeSigned(
    subject: DistinguishedName, publicKey: SubjectPublicKeyInfo, extensions: [CertificateExtension] = [],
    challengePassword: String? = nil
  ) -> [UInt8] {
    var attributes: [[UInt8]] = []
    if let challengePassword { attributes.append(challenge(challengePassword)) }
    if !extensions.isEmpty { attributes.append(extensionRequest(extensions)) }
    // X.690 §11.6: a SET OF is ordered by its members' encodings.
    attributes.sort { $0.lexicographicallyPrecedes($1) }
    return DERWriter.build {
      $0.sequence {
        $0.integer(0)
        $0.raw(subject.encoded)
        $0.raw(publicKey.encoded)
        $0.constructed(DERTag.contextConstructed(0)) { for attribute in attributes { $0.raw(attribute) } }
      }
    }
  }

  /// Puts CertificationRequestInfo and its signature together.
  public static func assemble(
    _ information: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8]
  ) -> [UInt8] {
    DERWriter.build(capacity: information.count + signature.count + 64) {
      $0.sequence {
        $0.raw(information)
        $0.raw(algorithm.algorithmIdentifier)
        $0.bitString(signature)
      }
    }
  }

  private static func extensionRequest(_ extensions: [CertificateExtension]) -> [UInt8] {
    attribute(RequestAttribute.extensionRequest) {
      $0.sequence { for item in extensions { item.write(to: &$0) } }
    }
  }

  /// RFC 2985 §5.4.1: SHOULD be PrintableString where it can be, else UTF8String.
  private static func challenge(_ password: String) -> [UInt8] {
    attribute(RequestAttribute.challengePassword) {
      if DirectoryString.isPrintable(password) { $0.printableString(password) } else { $0.utf8String(password) }
    }
  }

  private static func attribute(_ type: ObjectIdentifier, _ value: (inout DERWriter) -> Void) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(type)
        $0.constructed(DERTag.set, value)
      }
    }
  }
}

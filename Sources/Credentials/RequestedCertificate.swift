import WireFormats

/// What a requester wants certified and how it shows that it holds the key: what a PKCS#10 request (RFC 2986) and a
/// CRMF template (RFC 4211) both come down to. Everything past the doors reads this alone.
public struct RequestedCertificate: Sendable {
  /// How possession of the private key is shown.
  public enum Proof: Sendable {
    /// The key itself signed these octets, as they were received (RFC 2986 §4.2, RFC 4211 §4.1).
    case signature(ArraySlice<UInt8>, over: ArraySlice<UInt8>, algorithm: SignatureAlgorithm)
    /// The key signed, and that was checked here already.
    case verified(VerifiedPossession)
    /// A registration authority says that it checked (RFC 4211 §4, raVerified). Worth as much as who says it.
    case vouched
    /// There is no key yet: whoever answers makes one.
    case keyless
  }

  /// The request's own octets, as received.
  public let encoded: [UInt8]
  public let subject: DistinguishedName
  public let publicKey: SubjectPublicKeyInfo
  public let extensions: [CertificateExtension]
  public private(set) var proof: Proof

  private let known: KnownExtensions

  /// - Parameter extensionList: `SEQUENCE OF Extension`, DER; nil for none.
  public init(
    encoded: [UInt8], subject: DistinguishedName, publicKey: SubjectPublicKeyInfo,
    extensionList: ArraySlice<UInt8>?, proof: Proof
  ) throws(CertificationRequestError) {
    let extensions: [CertificateExtension]
    do throws(ExtensionsError) {
      extensions =
        try extensionList.map { list throws(ExtensionsError) in try CertificateExtension.parseAll(list) } ?? []
    } catch {
      switch error {
      case .duplicate(let identifier): throw .duplicateExtension(identifier)
      case .malformed: throw .malformedExtension(RequestAttribute.extensionRequest)
      }
    }
    try self.init(encoded: encoded, subject: subject, publicKey: publicKey, extensions: extensions, proof: proof)
  }

  init(
    encoded: [UInt8], subject: DistinguishedName, publicKey: SubjectPublicKeyInfo,
    extensions: [CertificateExtension], proof: Proof
  ) throws(CertificationRequestError) {
    do throws(KnownExtensions.Malformed) {
      known = try KnownExtensions(extensions)
    } catch {
      throw .malformedExtension(error.identifier)
    }
    self.encoded = encoded
    self.subject = subject
    self.publicKey = publicKey
    self.extensions = extensions
    self.proof = proof
  }

  public var subjectAlternativeNames: [GeneralName] { known.subjectAlternativeNames }
  public var keyUsage: KeyUsage? { known.keyUsage }
  public var extendedKeyUsages: [ObjectIdentifier] { known.extendedKeyUsages }
  public var basicConstraints: BasicConstraints? { known.basicConstraints }

  /// Whether the key that is to be certified signed this; false for what somebody else vouches for, and where there is none.
  public func verifyProofOfPossession() -> Bool {
    switch proof {
    case .signature(let signature, let message, let algorithm):
      publicKey.isValid(signature: signature, message: message, algorithm: algorithm)
    case .verified(let possession): possession.publicKey == publicKey
    case .vouched, .keyless: false
    }
  }

  /// The same, remembering that the key signed, so that it is checked once; nil where it did not.
  public var proven: RequestedCertificate? {
    guard verifyProofOfPossession() else { return nil }
    var proven = self
    proven.proof = .verified(VerifiedPossession(publicKey: publicKey))
    return proven
  }

  /// Whether possession is another's word, which counts only from a registration authority with a record.
  public var isVouchedFor: Bool {
    if case .vouched = proof { return true }
    return false
  }
}

/// That this key's possession was shown. Nothing but checking a signature makes one.
public struct VerifiedPossession: Sendable {
  fileprivate let publicKey: SubjectPublicKeyInfo
}

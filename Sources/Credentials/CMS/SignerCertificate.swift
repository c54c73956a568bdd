import WireFormats

/// A certificate that came with a message, read as far as to know which key signed it and how to name it.
///
/// Clients that have no certificate yet make one themselves, and not all of them by RFC 5280: a common one takes a hash
/// for the serial number, which is negative half of the time. Whether such a certificate is worth anything is not asked
/// here; `Certificate` reads those that are.
public struct SignerCertificate: Hashable, Sendable {
  public let encoded: [UInt8]
  public let subject: DistinguishedName
  /// Whether subject and issuer are the same name.
  public let isSelfIssued: Bool
  public let subjectPublicKeyInfo: [UInt8]
  /// Nil when the key's algorithm, curve or strength is not one that is used here.
  public let publicKey: SubjectPublicKeyInfo?
  /// Issuer and serial number, as they stand in it.
  public let identifier: CertificateIdentifier

  /// - Parameter encoded: DER.
  public init(parsing encoded: [UInt8]) throws(DERError) {
    guard encoded.count <= Certificate.maximumSize else { throw .tooLong }
    var outer = DERReader(encoded)
    var certificate = try outer.readSequence()
    try outer.finish()
    var fields = try certificate.readSequence()
    _ = try fields.readOptional(DERTag.contextConstructed(0))
    let serial = try fields.read(DERTag.integer).content
    _ = try fields.read(DERTag.sequence)
    let issuer = try fields.read(DERTag.sequence).encoded
    _ = try fields.read(DERTag.sequence)
    subject = try DistinguishedName(parsing: fields.read(DERTag.sequence).encoded)
    subjectPublicKeyInfo = Array(try fields.read(DERTag.sequence).encoded)
    publicKey = try? SubjectPublicKeyInfo(parsing: subjectPublicKeyInfo)
    identifier = .issuerAndSerialNumber(issuer: Array(issuer), serial: Array(serial))
    isSelfIssued = subject.encoded.elementsEqual(issuer)
    self.encoded = encoded
  }

  /// Whether a signer means this one; by a key identifier as RFC 5280 §4.2.1.2 (1) computes it.
  func isMeant(by signer: CertificateIdentifier) -> Bool {
    guard case .subjectKeyIdentifier(let identifier) = signer else { return signer == self.identifier }
    return publicKey?.keyIdentifier == identifier
  }
}

extension SignedData {
  /// The certificate that a signer names, however little else is right about it.
  public func signerCertificate(of signer: SignerInfo) -> SignerCertificate? {
    for encoded in certificates {
      if let certificate = try? SignerCertificate(parsing: encoded), certificate.isMeant(by: signer.identifier) {
        return certificate
      }
    }
    return nil
  }
}

extension Recipient {
  /// The usual way to the key of who signed a message; nil when it is of a kind that only signs.
  public init?(_ certificate: SignerCertificate) {
    guard let key = certificate.publicKey else { return nil }
    switch key.algorithm {
    case .rsa2048, .rsa3072, .rsa4096: self = .keyTransport(certificate.identifier, key, .pkcs1)
    case .p256, .p384: self = .keyAgreement(certificate.identifier, key)
    case .ed25519: return nil
    }
  }
}

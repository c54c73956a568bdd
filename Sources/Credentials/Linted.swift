import WireFormats

/// A certificate that passed every rule and waits for its signature. Made only by `CertificateTemplate.prepare` and
/// used up by `certificate(signature:)`: what was linted is what gets signed, once.
public struct Linted: ~Copyable, Sendable {
  /// TBSCertificate (RFC 5280 §4.1.2), which is what gets signed.
  public let toBeSigned: [UInt8]
  /// What the signature has to be made with.
  public let signatureAlgorithm: SignatureAlgorithm

  init(toBeSigned: [UInt8], signatureAlgorithm: SignatureAlgorithm) {
    (self.toBeSigned, self.signatureAlgorithm) = (toBeSigned, signatureAlgorithm)
  }

  /// The certificate's DER.
  ///
  /// - Parameter signature: The BIT STRING's octets: for ECDSA the DER ECDSA-Sig-Value.
  public consuming func certificate(signature: [UInt8]) -> [UInt8] {
    let identifier = signatureAlgorithm.algorithmIdentifier
    let length =
      toBeSigned.count + identifier.count + DERWriter.headerLength(signature.count + 1) + 1 + signature.count
    var writer = DERWriter(capacity: DERWriter.headerLength(length) + length)
    writer.header(DERTag.sequence, length: length)
    writer.raw(toBeSigned)
    writer.raw(identifier)
    writer.bitString(signature)
    return writer.bytes
  }
}

import Credentials
import KeyCustody

/// An RSA key under an authority, with a certificate from it, that opens what clients encrypt and signs the answers.
///
/// SCEP's clients can encrypt to RSA alone (RFC 8894 §2.1.1, §3.1), and the authorities of an organization are on P-256
/// unless it says otherwise. This key signs messages, never certificates.
public struct RegistrationAuthority: Sendable {
  /// The certificate that is shown now.
  public let certificate: Certificate
  /// All of the key's certificates that have not ended: a client may still name an earlier one.
  public let certificates: [Certificate]
  public let opening: any RecipientKey
  private let signer: SoftwareKey

  init?(certificates: [Certificate], signer: SoftwareKey) {
    guard let certificate = certificates.last, let opening = OpeningKey(signer) else { return nil }
    self.certificate = certificate
    self.certificates = certificates
    self.opening = opening
    self.signer = signer
  }

  /// What `sign` produces.
  public var algorithm: SignatureAlgorithm { signer.algorithm }

  public func sign(_ message: [UInt8]) throws(Refusal) -> [UInt8] {
    do { return try signer.signature(over: message) } catch { throw .signing(error) }
  }
}

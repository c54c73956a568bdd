import Credentials
import WireFormats

/// A key whose attestations can be believed, by whatever shows that it signs nothing else.
public protocol Attesting: Sendable {
  var publicKey: SubjectPublicKeyInfo { get }
  /// Whether it signs by this scheme.
  func allows(_ scheme: TPMScheme) -> Bool
}

extension Attesting {
  /// Checks what every attestation has: its form, its signature by this key in a scheme of this key, its nonce.
  func verify(attest: [UInt8], signature: [UInt8], nonce: [UInt8]) throws(AttestationFailure) -> TPMAttest {
    let attested = try AttestationFailure.read("the attestation", attest, TPMAttest.init(parsing:))
    let signature = try AttestationFailure.read("the signature", signature, TPMSignature.init(parsing:))
    guard allows(signature.scheme) else { throw .signatureScheme }
    guard signature.isValid(over: attest, by: publicKey) else { throw .badSignature }
    guard !nonce.isEmpty, attested.extraData == nonce else { throw .wrongNonce }
    return attested
  }
}

/// An attestation key of which an authority says that it is one, by its certificate (TCG: tcg-kp-AIKCertificate), where no
/// challenge was answered and no public area is shown.
public struct AttestationCertificate: Attesting {
  public static let purpose = ObjectIdentifier([2, 23, 133, 8, 3])

  public let publicKey: SubjectPublicKeyInfo

  /// WebAuthn Level 2 §8.3.1: version 3, the purpose, no authority. The path to an anchor is the caller's to check. A
  /// subject is taken: an operator's own authority names its devices there.
  public init(_ certificate: Certificate) throws(AttestationFailure) {
    guard certificate.version == 3, !certificate.isAuthority, let key = certificate.publicKey,
      certificate.extendedKeyUsages.contains(Self.purpose), certificate.keyUsage?.contains(.digitalSignature) ?? true
    else { throw .attestationCertificateUse }
    publicKey = key
  }

  /// The certificate names no scheme.
  public func allows(_ scheme: TPMScheme) -> Bool { scheme.hash?.isStrong ?? false }
}

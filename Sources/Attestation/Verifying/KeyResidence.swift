import Credentials
import Crypto

/// What a finished proof of residence says: this key lives in this TPM.
public struct ResidenceClaims: Hashable, Sendable {
  /// SHA-256 of the endorsement key's SubjectPublicKeyInfo: one TPM.
  public let endorsementKeyHash: [UInt8]
  public let attestationKey: AttestationKey
  public let certifiedKey: CertifiedKey
}

/// A proof of residence that waits for its answer: what has to be remembered between the two messages.
///
/// The TPM proves in one answer that the attestation key is loaded beside the endorsement key (the secret, which only
/// TPM2_ActivateCredential gives out), and that the certified key is loaded beside the attestation key (TPM2_Certify over
/// a nonce of this challenge).
public struct ResidenceChallenge: Hashable, Sendable {
  public let endorsementKeyHash: [UInt8]
  public let attestationKey: AttestationKey
  /// SHA-256 of the secret, so that nobody reads it out of the state.
  public let secretHash: [UInt8]
  public let nonce: [UInt8]

  public static let nonceSize = 32

  /// - Returns: what to remember, and what to send.
  public static func make(
    endorsementKey: EndorsementKey, attestationKey: AttestationKey, random: inout some RandomNumberGenerator
  ) throws(AttestationFailure) -> (ResidenceChallenge, ActivationChallenge) {
    let secret = octets(ActivationChallenge.secretSize, &random)
    let activation = try ActivationChallenge(
      secret: secret, for: attestationKey.name, to: endorsementKey, random: &random)
    let challenge = ResidenceChallenge(
      endorsementKeyHash: endorsementKey.area.publicKey.keyHash, attestationKey: attestationKey,
      secretHash: Array(SHA256.hash(data: secret)), nonce: octets(nonceSize, &random))
    return (challenge, activation)
  }

  /// As it was remembered.
  public init(endorsementKeyHash: [UInt8], attestationKey: AttestationKey, secretHash: [UInt8], nonce: [UInt8]) {
    (self.endorsementKeyHash, self.attestationKey) = (endorsementKeyHash, attestationKey)
    (self.secretHash, self.nonce) = (secretHash, nonce)
  }

  /// - Parameter key: The request's.
  public func answer(
    secret: [UInt8], certifiedArea: [UInt8], attest: [UInt8], signature: [UInt8], requestKey key: SubjectPublicKeyInfo
  ) throws(AttestationFailure) -> ResidenceClaims {
    // Digests are compared in constant time by the library.
    guard SHA256.hash(data: secret) == secretHash else { throw .wrongSecret }
    let certified = try CertifiedKey.verify(
      publicArea: certifiedArea, attest: attest, signature: signature, by: attestationKey, nonce: nonce,
      requestKey: key)
    return ResidenceClaims(
      endorsementKeyHash: endorsementKeyHash, attestationKey: attestationKey, certifiedKey: certified)
  }

  private static func octets(_ count: Int, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}

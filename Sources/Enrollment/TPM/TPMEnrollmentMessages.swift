import Credentials
import Issuance
import WireFormats

/// What a device shows of its TPM to get a challenge.
public struct TPMIntroduction: Sendable {
  /// DER.
  public let endorsementCertificate: [UInt8]
  /// DER; the manufacturer's authorities between that certificate and the one that the operator trusts.
  public let chain: [[UInt8]]
  /// TPMT_PUBLIC or TPM2B_PUBLIC.
  public let endorsementKey: [UInt8]
  public let attestationKey: [UInt8]

  public init(endorsementCertificate: [UInt8], chain: [[UInt8]], endorsementKey: [UInt8], attestationKey: [UInt8]) {
    (self.endorsementCertificate, self.chain) = (endorsementCertificate, chain)
    (self.endorsementKey, self.attestationKey) = (endorsementKey, attestationKey)
  }
}

/// What the device's TPM has to answer.
public struct TPMChallenge: Sendable {
  public let identifier: [UInt8]
  /// TPM2B_ID_OBJECT.
  public let credential: [UInt8]
  /// TPM2B_ENCRYPTED_SECRET.
  public let encryptedSecret: [UInt8]
  /// What TPM2_Certify has to be given as qualifying data.
  public let nonce: [UInt8]
  public let expiresAt: Instant
}

/// The answer, with the request that it is for.
public struct TPMAnswer: Sendable {
  public let challenge: [UInt8]
  public let secret: [UInt8]
  /// TPMT_PUBLIC or TPM2B_PUBLIC of the request's key.
  public let key: [UInt8]
  /// TPMS_ATTEST of TPM2_Certify, and TPMT_SIGNATURE.
  public let attest: [UInt8]
  public let signature: [UInt8]
  public let request: CertificationRequest

  public init(
    challenge: [UInt8], secret: [UInt8], key: [UInt8], attest: [UInt8], signature: [UInt8],
    request: CertificationRequest
  ) {
    (self.challenge, self.secret, self.key) = (challenge, secret, key)
    (self.attest, self.signature, self.request) = (attest, signature, request)
  }
}

/// Who asks: a device's serial or a grant's name with its secret, and from where.
public struct TPMRequester: Sendable {
  public let name: String
  public let secret: [UInt8]
  public let address: String

  public init(name: String, secret: [UInt8], address: String) {
    (self.name, self.secret, self.address) = (name, secret, address)
  }
}

/// What `POST /enroll/tpm/challenges` takes. Octets are base64 (RFC 4648 §4).
public struct TPMIntroductionBody: Codable, Hashable, Sendable {
  /// DER, as the TPM's non-volatile memory has it.
  public var endorsementCertificate: String
  /// DER; authorities between it and the one that is trusted.
  public var chain: [String]?
  /// TPM2B_PUBLIC or TPMT_PUBLIC.
  public var endorsementKey: String
  public var attestationKey: String

  public init(endorsementCertificate: String, chain: [String]? = nil, endorsementKey: String, attestationKey: String) {
    self.endorsementCertificate = endorsementCertificate
    self.chain = chain
    self.endorsementKey = endorsementKey
    self.attestationKey = attestationKey
  }

  enum CodingKeys: String, CodingKey {
    case endorsementCertificate = "endorsement_certificate"
    case chain
    case endorsementKey = "endorsement_key"
    case attestationKey = "attestation_key"
  }
}

/// What a TPM has to answer.
public struct TPMChallengeItem: Codable, Hashable, Sendable {
  /// Its identifier, in hexadecimal.
  public var challenge: String
  /// TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET for TPM2_ActivateCredential.
  public var credential: String
  public var encryptedSecret: String
  /// The qualifying data for TPM2_Certify.
  public var nonce: String
  public var expiresAt: String

  public init(challenge: String, credential: String, encryptedSecret: String, nonce: String, expiresAt: String) {
    self.challenge = challenge
    self.credential = credential
    self.encryptedSecret = encryptedSecret
    self.nonce = nonce
    self.expiresAt = expiresAt
  }

  enum CodingKeys: String, CodingKey {
    case challenge, credential
    case encryptedSecret = "encrypted_secret"
    case nonce
    case expiresAt = "expires_at"
  }
}

/// What `POST /enroll/tpm` takes.
public struct TPMAnswerBody: Codable, Hashable, Sendable {
  /// As the challenge named itself.
  public var challenge: String
  /// What TPM2_ActivateCredential gave.
  public var secret: String
  /// TPM2B_PUBLIC or TPMT_PUBLIC of the request's key.
  public var key: String
  /// TPMS_ATTEST and TPMT_SIGNATURE of TPM2_Certify.
  public var attest: String
  public var signature: String
  /// PKCS#10 as PEM.
  public var csr: String

  public init(challenge: String, secret: String, key: String, attest: String, signature: String, csr: String) {
    self.challenge = challenge
    self.secret = secret
    self.key = key
    self.attest = attest
    self.signature = signature
    self.csr = csr
  }
}

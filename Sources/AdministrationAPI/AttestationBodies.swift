/// What a device is given to quote.
public struct AttestationNonceItem: Codable, Hashable, Sendable {
  /// The qualifying data for TPM2_Quote: base64, 32 octets.
  public var nonce: String
  public var expiresAt: String
  /// For example `sha256`.
  public var bank: String
  /// Registers that the quote has to cover.
  public var pcrs: [Int]
  /// `wanted` or `optional`.
  public var eventLog: String
  /// How often the profile wants an attestation; nil where it does not say.
  public var every: String?

  public init(nonce: String, expiresAt: String, bank: String, pcrs: [Int], eventLog: String, every: String? = nil) {
    self.nonce = nonce
    self.expiresAt = expiresAt
    self.bank = bank
    self.pcrs = pcrs
    self.eventLog = eventLog
    self.every = every
  }

  enum CodingKeys: String, CodingKey {
    case nonce
    case expiresAt = "expires_at"
    case bank, pcrs
    case eventLog = "event_log"
    case every
  }
}

/// What `POST /attestation` takes. Octets are base64 (RFC 4648 §4).
public struct EvidenceBody: Codable, Hashable, Sendable {
  public var nonce: String
  /// TPMS_ATTEST and TPMT_SIGNATURE of TPM2_Quote.
  public var attest: String
  public var signature: String
  /// By bank and register, in hexadecimal.
  public var pcrs: [String: [String: String]]
  /// As `binary_bios_measurements` has it.
  public var eventLog: String?
  /// The device's own claim.
  public var firmwareVersion: String?

  public init(
    nonce: String, attest: String, signature: String, pcrs: [String: [String: String]], eventLog: String? = nil,
    firmwareVersion: String? = nil
  ) {
    self.nonce = nonce
    self.attest = attest
    self.signature = signature
    self.pcrs = pcrs
    self.eventLog = eventLog
    self.firmwareVersion = firmwareVersion
  }

  enum CodingKeys: String, CodingKey {
    case nonce, attest, signature, pcrs
    case eventLog = "event_log"
    case firmwareVersion = "firmware_version"
  }
}

/// What a device's evidence came to, as it is told.
public struct AttestationAnswer: Codable, Hashable, Sendable {
  public var id: String
  /// `trusted`, `warning` or `failed`.
  public var status: String
  /// Empty when trusted.
  public var reasons: [String]
  public var firmwareVersion: String?
  public var appraisedAt: String
  /// Of the token.
  public var expiresAt: String
  public var nextDue: String?
  /// Whether the policy has suspended the device by this.
  public var suspended: Bool
  /// The result as an EAT (RFC 9711), a JWT.
  public var token: String

  public init(
    id: String, status: String, reasons: [String], firmwareVersion: String? = nil, appraisedAt: String,
    expiresAt: String, nextDue: String? = nil, suspended: Bool, token: String
  ) {
    self.id = id
    self.status = status
    self.reasons = reasons
    self.firmwareVersion = firmwareVersion
    self.appraisedAt = appraisedAt
    self.expiresAt = expiresAt
    self.nextDue = nextDue
    self.suspended = suspended
    self.token = token
  }

  enum CodingKeys: String, CodingKey {
    case id, status, reasons
    case firmwareVersion = "firmware_version"
    case appraisedAt = "appraised_at"
    case expiresAt = "expires_at"
    case nextDue = "next_due"
    case suspended, token
  }
}

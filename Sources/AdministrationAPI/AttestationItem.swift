/// What a device's last attestation came to.
public struct AttestationItem: Codable, Hashable, Sendable {
  /// Of the device.
  public var serial: String
  public var manufacturer: String
  /// Of the device: `active`, `suspended` and so on.
  public var state: String
  public var attestation: String
  /// `trusted`, `warning` or `failed`.
  public var status: String
  public var reasons: [String]
  public var firmwareVersion: String?
  public var appraisedAt: String
  public var dueAt: String?
  /// Whether that moment has passed.
  public var overdue: Bool

  public init(
    serial: String, manufacturer: String, state: String, attestation: String, status: String, reasons: [String],
    firmwareVersion: String? = nil, appraisedAt: String, dueAt: String? = nil, overdue: Bool
  ) {
    self.serial = serial
    self.manufacturer = manufacturer
    self.state = state
    self.attestation = attestation
    self.status = status
    self.reasons = reasons
    self.firmwareVersion = firmwareVersion
    self.appraisedAt = appraisedAt
    self.dueAt = dueAt
    self.overdue = overdue
  }

  enum CodingKeys: String, CodingKey {
    case serial, manufacturer, state, attestation, status, reasons
    case firmwareVersion = "firmware_version"
    case appraisedAt = "appraised_at"
    case dueAt = "due_at"
    case overdue
  }
}

/// One attestation with its evidence, so that anybody can appraise it again.
public struct AttestationEvidenceItem: Codable, Hashable, Sendable {
  public var id: String
  public var status: String
  public var reasons: [String]
  public var firmwareVersion: String?
  public var appraisedAt: String
  /// `none`, `suspended`, or `asked` where a suspension waits for an operator.
  public var consequence: String
  /// TPMT_PUBLIC, base64.
  public var attestationKey: String
  public var nonce: String
  public var attest: String
  public var signature: String
  /// By bank and register, in hexadecimal.
  public var pcrs: [String: [String: String]]
  /// SHA-256, hexadecimal; nil where no log was shown.
  public var eventLogSHA256: String?
  /// Base64; nil where it was given up, too.
  public var eventLog: String?
  public var token: String

  public init(
    id: String, status: String, reasons: [String], firmwareVersion: String? = nil, appraisedAt: String,
    consequence: String, attestationKey: String, nonce: String, attest: String, signature: String,
    pcrs: [String: [String: String]], eventLogSHA256: String? = nil, eventLog: String? = nil, token: String
  ) {
    self.id = id
    self.status = status
    self.reasons = reasons
    self.firmwareVersion = firmwareVersion
    self.appraisedAt = appraisedAt
    self.consequence = consequence
    self.attestationKey = attestationKey
    self.nonce = nonce
    self.attest = attest
    self.signature = signature
    self.pcrs = pcrs
    self.eventLogSHA256 = eventLogSHA256
    self.eventLog = eventLog
    self.token = token
  }

  enum CodingKeys: String, CodingKey {
    case id, status, reasons
    case firmwareVersion = "firmware_version"
    case appraisedAt = "appraised_at"
    case consequence
    case attestationKey = "attestation_key"
    case nonce, attest, signature, pcrs
    case eventLogSHA256 = "event_log_sha256"
    case eventLog = "event_log"
    case token
  }
}

/// How a device stands by what it attested, newest first, without the event logs.
public struct AttestationDetail: Codable, Hashable, Sendable {
  /// Nil for a device that has not attested since it has its TPM.
  public var standing: AttestationItem?
  /// SHA-256 of its TPM's endorsement key, hexadecimal; nil where it has none.
  public var tpm: String?
  public var history: [AttestationEvidenceItem]

  public init(standing: AttestationItem? = nil, tpm: String? = nil, history: [AttestationEvidenceItem]) {
    self.standing = standing
    self.tpm = tpm
    self.history = history
  }
}

/// How much of a fleet the policy may suspend by itself.
public struct AttestationLimitItem: Codable, Hashable, Sendable {
  /// Of the fleet, in an hour.
  public var percent: Int
  /// Since when it suspends nothing more, and an operator is asked.
  public var stoppedAt: String?
  public var openedAt: String?

  public init(percent: Int, stoppedAt: String? = nil, openedAt: String? = nil) {
    self.percent = percent
    self.stoppedAt = stoppedAt
    self.openedAt = openedAt
  }

  enum CodingKeys: String, CodingKey {
    case percent
    case stoppedAt = "stopped_at"
    case openedAt = "opened_at"
  }
}

/// What `POST /attestation/limit` takes.
public struct AttestationLimitChange: Codable, Hashable, Sendable {
  public var percent: Int

  public init(percent: Int) { self.percent = percent }
}

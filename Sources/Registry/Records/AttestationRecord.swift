import WireFormats

/// What a running device attested once, what it came to, and the evidence.
public struct AttestationRecord: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case trusted, warning, failed
  }

  /// What followed for the device.
  public enum Consequence: String, Hashable, Sendable, CaseIterable {
    case none
    /// The policy suspended it.
    case suspended
    /// The policy would have suspended it, had its share of the fleet not been used up: an operator is asked.
    case asked
  }

  /// Of each device, of each status: what is older goes. A failure is not pushed out by what is attested after it.
  public static let kept = 24
  /// Of those, how many keep their event log.
  public static let keptLogs = 2

  public var id: AttestationID
  public var device: DeviceID
  public var appraisedAt: Instant
  public var status: Status
  /// One sentence each; empty when trusted.
  public var reasons: [String]
  /// The device's own claim.
  public var firmwareVersion: String?
  public var consequence: Consequence
  /// TPMT_PUBLIC of the key that signed.
  public var attestationKey: [UInt8]
  public var nonce: [UInt8]
  /// TPMS_ATTEST and TPMT_SIGNATURE of TPM2_Quote.
  public var attest: [UInt8]
  public var signature: [UInt8]
  /// The registers' values as JSON, as the quote covers them.
  public var registers: String
  /// SHA-256 of the event log; nil where none was shown.
  public var eventLogHash: [UInt8]?
  /// Nil where none was shown, and where it was given up.
  public var eventLog: [UInt8]?
  /// The result as an EAT.
  public var token: String

  public init(
    id: AttestationID, device: DeviceID, appraisedAt: Instant, status: Status, reasons: [String],
    firmwareVersion: String? = nil, consequence: Consequence = .none, attestationKey: [UInt8], nonce: [UInt8],
    attest: [UInt8], signature: [UInt8], registers: String, eventLogHash: [UInt8]? = nil, eventLog: [UInt8]? = nil,
    token: String
  ) {
    self.id = id
    self.device = device
    self.appraisedAt = appraisedAt
    self.status = status
    self.reasons = reasons
    self.firmwareVersion = firmwareVersion
    self.consequence = consequence
    self.attestationKey = attestationKey
    self.nonce = nonce
    self.attest = attest
    self.signature = signature
    self.registers = registers
    self.eventLogHash = eventLogHash
    self.eventLog = eventLog
    self.token = token
  }
}

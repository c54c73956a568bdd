import WireFormats

/// What a device's last attestation came to, and what its TPM's clock said then.
public struct AttestationStanding: Hashable, Sendable {
  public var device: DeviceID
  public var attestation: AttestationID
  public var status: AttestationRecord.Status
  public var reasons: [String]
  public var firmwareVersion: String?
  public var appraisedAt: Instant
  /// When the next is expected; nil where its profile sets no interval.
  public var dueAt: Instant?
  /// TPMS_CLOCK_INFO: milliseconds, resets, restarts.
  public var clock: UInt64
  public var resets: UInt32
  public var restarts: UInt32

  public init(
    device: DeviceID, attestation: AttestationID, status: AttestationRecord.Status, reasons: [String],
    firmwareVersion: String? = nil, appraisedAt: Instant, dueAt: Instant? = nil, clock: UInt64, resets: UInt32,
    restarts: UInt32
  ) {
    self.device = device
    self.attestation = attestation
    self.status = status
    self.reasons = reasons
    self.firmwareVersion = firmwareVersion
    self.appraisedAt = appraisedAt
    self.dueAt = dueAt
    self.clock = clock
    self.resets = resets
    self.restarts = restarts
  }
}

/// How devices stand that have a TPM and are active, each count up to a bound.
public struct AttestationCounts: Hashable, Sendable {
  public var trusted = 0
  public var warning = 0
  public var failed = 0
  /// Past the moment at which they should have attested again, whatever the last came to.
  public var overdue = 0
  /// Serials of the first ten that failed.
  public var failedSerials: [String] = []

  public init() {}
}

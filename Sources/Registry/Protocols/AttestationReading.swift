import WireFormats

/// Reads what running devices attested.
public protocol AttestationReading {
  func attestation(_ id: AttestationID, in organization: OrganizationID) throws -> AttestationRecord?
  /// The newest first.
  func attestations(of device: DeviceID, limit: Int, in organization: OrganizationID) throws -> [AttestationRecord]
  /// How many of this device since `instant`, as far as they are kept.
  func countAttestations(of device: DeviceID, since instant: Instant, in organization: OrganizationID) throws -> Int
  func attestationStanding(of device: DeviceID, in organization: OrganizationID) throws -> AttestationStanding?
  /// In the order of device identifiers; nil selects any status. `overdueAt` selects those that were due before it.
  func attestationStandings(
    status: AttestationRecord.Status?, overdueAt: Instant?, after cursor: Cursor?, limit: Int,
    in organization: OrganizationID
  ) throws -> Page<AttestationStanding>
  /// Of active devices, each count up to `most`.
  func attestationCounts(
    at now: Instant, upTo most: Int, in organization: OrganizationID
  ) throws -> AttestationCounts
  /// How many devices this followed for since `instant`.
  func countConsequences(
    _ consequence: AttestationRecord.Consequence, since instant: Instant, in organization: OrganizationID
  ) throws -> Int
  /// The default where nobody has set one.
  func attestationLimit(in organization: OrganizationID) throws -> AttestationLimit
}

/// Writes what running devices attested.
public protocol AttestationWriting {
  /// Adds it and gives up what is older than `AttestationRecord.kept` of its device and status. Throws
  /// `StoreError.duplicate`.
  func insert(_ attestation: AttestationRecord, in organization: OrganizationID) throws
  /// Puts it in the place of what the device had.
  func put(_ standing: AttestationStanding, in organization: OrganizationID) throws
  /// Removing what is not there changes nothing.
  func removeAttestationStanding(of device: DeviceID, in organization: OrganizationID) throws
  func put(_ limit: AttestationLimit, in organization: OrganizationID) throws
}

/// Reads what devices should run.
public protocol BaselineReading {
  func baseline(
    product: String, firmwareVersion: String, in organization: OrganizationID
  ) throws -> BaselineRecord?
  /// In the order of products and versions.
  func baselines(in organization: OrganizationID) throws -> [BaselineRecord]
}

/// Writes what devices should run.
public protocol BaselineWriting {
  /// Puts it in the place of what was there.
  func put(_ baseline: BaselineRecord, in organization: OrganizationID) throws
  /// Throws `StoreError.missing` when there is none.
  func removeBaseline(product: String, firmwareVersion: String, in organization: OrganizationID) throws
}

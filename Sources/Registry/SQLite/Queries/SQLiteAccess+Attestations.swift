import WireFormats

extension AttestationRecord: SQLiteRecord {
  static let table = "attestations"
  static let columns = """
    id, device, appraised_at, status, reasons, firmware_version, consequence, attestation_key, nonce, attest, \
    signature, registers, event_log_hash, event_log, token
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), device: try columns.identifier(), appraisedAt: try columns.instant(),
      status: try columns.choice(), reasons: try columns.lines(), firmwareVersion: try columns.textIfAny(),
      consequence: try columns.choice(), attestationKey: try columns.bytes(), nonce: try columns.bytes(),
      attest: try columns.bytes(), signature: try columns.bytes(), registers: try columns.text(),
      eventLogHash: try columns.bytesIfAny(), eventLog: try columns.bytesIfAny(), token: try columns.text())
  }
}

extension AttestationStanding: SQLiteRecord {
  static let table = "attestation_standings"
  static let columns = """
    device, attestation, status, reasons, firmware_version, appraised_at, due_at, clock, resets, restarts
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      device: try columns.identifier(), attestation: try columns.identifier(), status: try columns.choice(),
      reasons: try columns.lines(), firmwareVersion: try columns.textIfAny(), appraisedAt: try columns.instant(),
      dueAt: try columns.instantIfAny(), clock: UInt64(bitPattern: try columns.integer()),
      resets: UInt32(truncatingIfNeeded: try columns.integer()),
      restarts: UInt32(truncatingIfNeeded: try columns.integer()))
  }
}

extension ColumnReader {
  /// Sentences, one a line.
  fileprivate mutating func lines() throws(StoreError) -> [String] {
    try text().split(separator: "\n").map(String.init)
  }
}

extension [String] {
  fileprivate var lines: String { map { $0.replacing("\n", with: " ") }.joined(separator: "\n") }
}

extension SQLiteAccess {
  func attestation(_ id: AttestationID, in organization: OrganizationID) throws -> AttestationRecord? {
    try first(AttestationRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func attestations(of device: DeviceID, limit: Int, in organization: OrganizationID) throws -> [AttestationRecord] {
    try all(
      AttestationRecord.self, "WHERE organization = ? AND device = ? ORDER BY appraised_at DESC, id DESC LIMIT ?",
      [organization, device, max(limit, 1)])
  }

  func countAttestations(of device: DeviceID, since instant: Instant, in organization: OrganizationID) throws -> Int {
    Int(
      clamping: try number(
        "SELECT count(*) FROM attestations WHERE organization = ? AND device = ? AND appraised_at > ?",
        [organization, device, instant]) ?? 0)
  }

  func attestationStanding(of device: DeviceID, in organization: OrganizationID) throws -> AttestationStanding? {
    try first(AttestationStanding.self, "WHERE organization = ? AND device = ?", [organization, device])
  }

  func attestationStandings(
    status: AttestationRecord.Status?, overdueAt: Instant?, after cursor: Cursor?, limit: Int,
    in organization: OrganizationID
  ) throws -> Page<AttestationStanding> {
    let after = try cursor?.texts(1)[0] ?? ""
    var (condition, arguments): (String, [any SQLiteBindable]) = (
      "organization = ? AND device > ?", [organization, after]
    )
    if let status {
      condition += " AND status = ?"
      arguments.append(status)
    }
    if let overdueAt {
      condition += " AND due_at < ?"
      arguments.append(overdueAt)
    }
    let rows = try all(
      AttestationStanding.self, "WHERE \(condition) ORDER BY device LIMIT ?",
      arguments + [max(limit, 1).saturatedSuccessor])
    return Page(rows, limit: limit) { Cursor(texts: [$0.device.rawValue]) }
  }

  func attestationCounts(
    at now: Instant, upTo most: Int, in organization: OrganizationID
  ) throws -> AttestationCounts {
    var counts = AttestationCounts()
    counts.trusted = try count("s.status = ?", AttestationRecord.Status.trusted, most, organization)
    counts.warning = try count("s.status = ?", AttestationRecord.Status.warning, most, organization)
    counts.failed = try count("s.status = ?", AttestationRecord.Status.failed, most, organization)
    counts.overdue = try count("s.due_at < ?", now, most, organization)
    if counts.failed > 0 {
      counts.failedSerials = try all(
        "SELECT d.serial \(Self.active) AND s.status = 'failed' ORDER BY s.device LIMIT 10", [organization],
        of: "devices"
      ) { columns throws(StoreError) in try columns.text() }
    }
    return counts
  }

  private static var active: String {
    """
    FROM attestation_standings s JOIN devices d ON d.organization = s.organization AND d.id = s.device
    WHERE s.organization = ? AND d.state = 'active'
    """
  }

  private func count(
    _ condition: String, _ value: any SQLiteBindable, _ most: Int, _ organization: OrganizationID
  ) throws -> Int {
    Int(
      clamping: try number(
        "SELECT count(*) FROM (SELECT 1 \(Self.active) AND \(condition) LIMIT ?)", [organization, value, most]) ?? 0)
  }

  func countConsequences(
    _ consequence: AttestationRecord.Consequence, since instant: Instant, in organization: OrganizationID
  ) throws -> Int {
    Int(
      clamping: try number(
        """
        SELECT count(*) FROM attestations
        WHERE organization = ? AND consequence = ? AND appraised_at > ? AND consequence <> 'none'
        """, [organization, consequence, instant]) ?? 0)
  }

  func attestationLimit(in organization: OrganizationID) throws -> AttestationLimit {
    try first(
      "SELECT percent, stopped_at, opened_at FROM attestation_limits WHERE organization = ?", [organization],
      of: "attestation_limits"
    ) { columns throws(StoreError) in
      AttestationLimit(
        percent: try columns.count(), stoppedAt: try columns.instantIfAny(), openedAt: try columns.instantIfAny())
    } ?? .default
  }
}

extension SQLiteWriter {
  func insert(_ attestation: AttestationRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO attestations (organization, \(AttestationRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, attestation.id, attestation.device, attestation.appraisedAt, attestation.status,
        attestation.reasons.lines, attestation.firmwareVersion, attestation.consequence, attestation.attestationKey,
        attestation.nonce, attestation.attest, attestation.signature, attestation.registers, attestation.eventLogHash,
        attestation.eventLog, attestation.token,
      ])
    try giveUpOld(attestation.device, attestation.status, in: organization)
  }

  private func giveUpOld(
    _ device: DeviceID, _ status: AttestationRecord.Status, in organization: OrganizationID
  ) throws {
    let newest = """
      SELECT id FROM attestations WHERE organization = ? AND device = ? AND status = ?
      ORDER BY appraised_at DESC, id DESC LIMIT
      """
    let place: [any SQLiteBindable] = [organization, device, status]
    try execute(
      """
      DELETE FROM attestations WHERE organization = ? AND device = ? AND status = ?
        AND id NOT IN (\(newest) \(AttestationRecord.kept))
      """, place + place)
    try execute(
      """
      UPDATE attestations SET event_log = NULL WHERE organization = ? AND device = ? AND status = ?
        AND event_log IS NOT NULL AND id NOT IN (\(newest) \(AttestationRecord.keptLogs))
      """, place + place)
  }

  func put(_ standing: AttestationStanding, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT OR REPLACE INTO attestation_standings (organization, \(AttestationStanding.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, standing.device, standing.attestation, standing.status, standing.reasons.lines,
        standing.firmwareVersion, standing.appraisedAt, standing.dueAt, Int64(bitPattern: standing.clock),
        Int64(standing.resets), Int64(standing.restarts),
      ])
  }

  func removeAttestationStanding(of device: DeviceID, in organization: OrganizationID) throws {
    try execute("DELETE FROM attestation_standings WHERE organization = ? AND device = ?", [organization, device])
  }

  func put(_ limit: AttestationLimit, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT OR REPLACE INTO attestation_limits (organization, percent, stopped_at, opened_at) VALUES (?, ?, ?, ?)
      """, [organization, limit.percent, limit.stoppedAt, limit.openedAt])
  }
}

import Credentials
import WireFormats

extension BackupRecord: SQLiteRecord {
  static let table = "backups"
  static let columns = "at, size, digest, log_size"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      at: try columns.instant(), size: try columns.integer(), digest: try columns.bytes(),
      logSize: try columns.index64())
  }
}

extension AuditEpochRecord: SQLiteRecord {
  static let table = "audit_epochs"
  static let columns = """
    epoch, begins_at, statement, signature, authority, opened_at, restored_from, recovery_until, entries_lost
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      epoch: try columns.count(), beginsAt: try columns.index64(), statement: try columns.text(),
      signature: try columns.bytes(), authority: try columns.identifier(), openedAt: try columns.instant(),
      restoredFrom: try columns.instant(), recoveryUntil: try columns.instant(),
      entriesLost: try columns.integerIfAny().flatMap { UInt64(exactly: $0) })
  }
}

extension SQLiteAccess {
  func latestBackup(in organization: OrganizationID) throws -> BackupRecord? {
    try first(BackupRecord.self, "WHERE organization = ? ORDER BY at DESC LIMIT 1", [organization])
  }

  func auditEpochs(in organization: OrganizationID) throws -> [AuditEpochRecord] {
    try all(AuditEpochRecord.self, "WHERE organization = ? ORDER BY epoch", [organization])
  }

  func currentAuditEpoch(in organization: OrganizationID) throws -> AuditEpochRecord? {
    try first(AuditEpochRecord.self, "WHERE organization = ? ORDER BY epoch DESC LIMIT 1", [organization])
  }

  func recoveredRevocation(
    ofSerial serial: SerialNumber, authority: AuthorityID, in organization: OrganizationID
  ) throws -> RevokedCertificate? {
    try first(
      "SELECT serial, revoked_at, reason FROM recovered_revocations WHERE organization = ? AND authority = ? AND serial = ?",
      [organization, authority, serial], of: "recovered_revocations", RevokedCertificate.init(columns:))
  }

  func countRecoveredCertificates(in organization: OrganizationID) throws -> Int {
    let count = try number(
      "SELECT count(*) FROM certificates WHERE organization = ? AND door = 'recovery'", [organization])
    return Int(clamping: count ?? 0)
  }
}

extension SQLiteWriter {
  func insert(_ backup: BackupRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT OR REPLACE INTO backups (organization, \(BackupRecord.columns)) VALUES (?, ?, ?, ?, ?)",
      [organization, backup.at, backup.size, backup.digest, backup.logSize])
  }

  func insert(_ epoch: AuditEpochRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO audit_epochs (organization, \(AuditEpochRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, epoch.epoch, epoch.beginsAt, epoch.statement, epoch.signature, epoch.authority, epoch.openedAt,
        epoch.restoredFrom, epoch.recoveryUntil, epoch.entriesLost,
      ])
  }

  func insertRecoveredRevocation(
    _ revoked: RevokedCertificate, authority: AuthorityID, in organization: OrganizationID
  ) throws {
    try execute(
      """
      INSERT OR REPLACE INTO recovered_revocations (organization, authority, serial, revoked_at, reason)
      VALUES (?, ?, ?, ?, ?)
      """, [organization, authority, revoked.serial, revoked.revokedAt, revoked.reason])
    try recordStandingChange(of: .certificate(authority, revoked.serial), in: organization)
  }
}

import Credentials
import WireFormats

/// Reads what backups and restores left.
public protocol RecoveryReading {
  /// The last backup that was written to its end; nil when there was none.
  func latestBackup(in organization: OrganizationID) throws -> BackupRecord?
  /// Epochs of the log that restores opened, oldest first; none for an installation that was never restored.
  func auditEpochs(in organization: OrganizationID) throws -> [AuditEpochRecord]
  /// The epoch in which the log is now; nil in the first one.
  func currentAuditEpoch(in organization: OrganizationID) throws -> AuditEpochRecord?
  /// What a CRL said, at a restore, of a certificate that the store does not hold.
  func recoveredRevocation(
    ofSerial serial: SerialNumber, authority: AuthorityID, in organization: OrganizationID
  ) throws -> RevokedCertificate?
  /// How many certificates were taken back since their restore.
  func countRecoveredCertificates(in organization: OrganizationID) throws -> Int
}

/// Writes what backups and restores leave.
public protocol RecoveryWriting {
  func insert(_ backup: BackupRecord, in organization: OrganizationID) throws
  /// Throws `StoreError.duplicate` when the epoch is there.
  func insert(_ epoch: AuditEpochRecord, in organization: OrganizationID) throws
  /// Keeps what a CRL says of a certificate that the store does not hold, and records a standing change.
  func insertRecoveredRevocation(
    _ revoked: RevokedCertificate, authority: AuthorityID, in organization: OrganizationID
  ) throws
}

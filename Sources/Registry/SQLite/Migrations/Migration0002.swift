extension Migrations {
  /// What a restore needs: epochs of the log, backups, grants that are closed, and revocations of certificates that the
  /// restored store does not hold.
  static let migration0002 = """
    ALTER TABLE grants ADD COLUMN closed_at INTEGER;

    CREATE TABLE audit_epochs (
      organization TEXT NOT NULL, epoch INTEGER NOT NULL, begins_at INTEGER NOT NULL, statement TEXT NOT NULL,
      signature BLOB NOT NULL, authority TEXT NOT NULL, opened_at INTEGER NOT NULL, restored_from INTEGER NOT NULL,
      recovery_until INTEGER NOT NULL, entries_lost INTEGER,
      PRIMARY KEY (organization, epoch)
    ) STRICT;

    CREATE TABLE backups (
      organization TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL,
      log_size INTEGER NOT NULL,
      PRIMARY KEY (organization, at)
    ) STRICT;

    CREATE TABLE recovered_revocations (
      organization TEXT NOT NULL, authority TEXT NOT NULL, serial BLOB NOT NULL, revoked_at INTEGER NOT NULL,
      reason INTEGER,
      PRIMARY KEY (organization, authority, serial)
    ) STRICT, WITHOUT ROWID;

    -- Few rows, and none for an installation that was never restored.
    CREATE INDEX certificates_recovered ON certificates (organization, issued_at) WHERE door = 'recovery';
    """
}

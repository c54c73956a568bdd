extension Migrations {
  /// What devices attest while they run, what they should run, and which keys a TPM has shown to live in it.
  ///
  /// A key that was certified first over the TPM's own exchange (`rest`, attested) was shown by the TPM that its device
  /// has; what ACME attested was not.
  static let migration0024 = """
    CREATE TABLE baselines (
      organization TEXT NOT NULL, product TEXT NOT NULL, firmware_version TEXT NOT NULL, document TEXT NOT NULL,
      learned_from TEXT, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
      PRIMARY KEY (organization, product, firmware_version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE attestations (
      organization TEXT NOT NULL, id TEXT NOT NULL, device TEXT NOT NULL, appraised_at INTEGER NOT NULL,
      status TEXT NOT NULL, reasons TEXT NOT NULL, firmware_version TEXT, consequence TEXT NOT NULL,
      attestation_key BLOB NOT NULL, nonce BLOB NOT NULL, attest BLOB NOT NULL, signature BLOB NOT NULL,
      registers TEXT NOT NULL, event_log_hash BLOB, event_log BLOB, token TEXT NOT NULL,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE INDEX attestations_device ON attestations (organization, device, appraised_at);
    CREATE INDEX attestations_consequence ON attestations (organization, consequence, appraised_at)
      WHERE consequence <> 'none';

    CREATE TABLE attestation_standings (
      organization TEXT NOT NULL, device TEXT NOT NULL, attestation TEXT NOT NULL, status TEXT NOT NULL,
      reasons TEXT NOT NULL, firmware_version TEXT, appraised_at INTEGER NOT NULL, due_at INTEGER,
      clock INTEGER NOT NULL, resets INTEGER NOT NULL, restarts INTEGER NOT NULL,
      PRIMARY KEY (organization, device)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attestation_standings_status ON attestation_standings (organization, status, device);
    CREATE INDEX attestation_standings_due ON attestation_standings (organization, due_at) WHERE due_at IS NOT NULL;

    CREATE TABLE attestation_limits (
      organization TEXT NOT NULL PRIMARY KEY, percent INTEGER NOT NULL, stopped_at INTEGER, opened_at INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE key_residences (
      organization TEXT NOT NULL, key_hash BLOB NOT NULL, endorsement_key_hash BLOB NOT NULL, device TEXT NOT NULL,
      shown_at INTEGER NOT NULL, PRIMARY KEY (organization, key_hash)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO key_residences
      SELECT c.organization, c.key_hash, t.endorsement_key_hash, c.device, c.issued_at
      FROM certificates c JOIN device_tpms t ON t.organization = c.organization AND t.device = c.device
      WHERE c.key_origin = 'attested' AND c.door = 'rest' AND NOT EXISTS (
        SELECT 1 FROM certificates e
        WHERE e.organization = c.organization AND e.key_hash = c.key_hash AND e.issued_at < c.issued_at);

    ALTER TABLE acme_authorizations ADD COLUMN attesting_key_hash BLOB;
    """
}

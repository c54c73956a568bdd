extension Migrations {
  /// TPMs and the devices that they belong to; what a trusted authority may vouch for.
  static let migration0021 = """
    CREATE TABLE device_tpms (
      organization TEXT NOT NULL, endorsement_key_hash BLOB NOT NULL, device TEXT NOT NULL,
      attestation_key BLOB NOT NULL, manufacturer TEXT NOT NULL, pinned_at INTEGER NOT NULL, pinned_by TEXT NOT NULL,
      PRIMARY KEY (organization, endorsement_key_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX device_tpms_device ON device_tpms (organization, device);
    ALTER TABLE trust_anchors ADD COLUMN purpose TEXT NOT NULL DEFAULT 'devices';
    """
}

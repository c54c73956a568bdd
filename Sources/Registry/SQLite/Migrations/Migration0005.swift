extension Migrations {
  /// People and machines: a station's profiles, and keys that are known before their device asks.
  static let migration0005 = """
    ALTER TABLE administrators ADD COLUMN profiles TEXT NOT NULL DEFAULT '';

    CREATE TABLE device_keys (
      organization TEXT NOT NULL, device TEXT NOT NULL, key_hash BLOB NOT NULL, signer TEXT, added_at INTEGER NOT NULL,
      added_by TEXT NOT NULL, used_at INTEGER, used_authority TEXT, used_certificate BLOB,
      PRIMARY KEY (organization, key_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX device_keys_device ON device_keys (organization, device);
    """
}

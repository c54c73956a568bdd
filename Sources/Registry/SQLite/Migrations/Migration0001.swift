extension Migrations {
  /// Everything at first: an organization on every row, an authority on every certificate, a key-hash index.
  ///
  /// Times are milliseconds since 1970; hashes, serials and DER are BLOBs. The indexes of certificates are few, since
  /// each costs every enrollment a page: serials begin with time, so the primary key appends.
  static let migration0001 = """
    PRAGMA application_id = 0x544D524B;

    CREATE TABLE organizations (
      id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL, audit_epoch INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE authorities (
      id TEXT NOT NULL, organization TEXT NOT NULL, purpose TEXT NOT NULL, parent TEXT, subject BLOB NOT NULL,
      certificate BLOB NOT NULL, key_name TEXT NOT NULL, state TEXT NOT NULL, crl_number INTEGER NOT NULL,
      not_after INTEGER NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (organization, id)
    ) STRICT;

    CREATE TABLE devices (
      id TEXT NOT NULL, organization TEXT NOT NULL, manufacturer TEXT NOT NULL, serial TEXT NOT NULL,
      kind TEXT NOT NULL, profile TEXT NOT NULL, product TEXT, hardware_revision TEXT, lot TEXT,
      labels TEXT NOT NULL, state TEXT NOT NULL, state_reason TEXT, state_by TEXT, state_at INTEGER,
      registered_at INTEGER NOT NULL, registered_by TEXT NOT NULL, last_contact_at INTEGER, last_contact_door TEXT,
      renewal_due_at INTEGER, readmitted_until INTEGER, replaces TEXT,
      PRIMARY KEY (organization, id)
    ) STRICT;
    CREATE UNIQUE INDEX devices_serial ON devices (organization, serial, manufacturer);

    CREATE TABLE device_labels (
      organization TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, device TEXT NOT NULL,
      PRIMARY KEY (organization, key, value, device)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE enrollment_secrets (
      organization TEXT NOT NULL, device TEXT NOT NULL, secret_hash BLOB NOT NULL, profile TEXT NOT NULL,
      expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER, used_key_hash BLOB,
      used_certificate BLOB, used_authority TEXT, voided_at INTEGER,
      PRIMARY KEY (organization, device, secret_hash)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE grants (
      name TEXT NOT NULL, organization TEXT NOT NULL, secret_hash BLOB NOT NULL, profile TEXT NOT NULL,
      uses INTEGER NOT NULL, issued INTEGER NOT NULL, repeated INTEGER NOT NULL, refused INTEGER NOT NULL,
      lot TEXT, serials_from TEXT, serials_to TEXT, expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL, revoked_at INTEGER,
      PRIMARY KEY (organization, name)
    ) STRICT;

    CREATE TABLE grant_uses (
      organization TEXT NOT NULL, grant_name TEXT NOT NULL, key_hash BLOB NOT NULL, authority TEXT NOT NULL,
      certificate BLOB NOT NULL, device TEXT, at INTEGER NOT NULL,
      PRIMARY KEY (organization, grant_name, key_hash)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE certificates (
      organization TEXT NOT NULL, authority TEXT NOT NULL, serial BLOB NOT NULL, device TEXT, name TEXT NOT NULL,
      profile TEXT NOT NULL, profile_version INTEGER NOT NULL, fingerprint BLOB NOT NULL, key_hash BLOB NOT NULL,
      not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, issued_at INTEGER NOT NULL, door TEXT NOT NULL,
      principal TEXT NOT NULL, grant_name TEXT, parent_fingerprint BLOB, key_origin TEXT NOT NULL,
      purpose TEXT NOT NULL, status TEXT NOT NULL, revoked_at INTEGER, reason INTEGER, encoded BLOB NOT NULL,
      PRIMARY KEY (organization, authority, serial)
    ) STRICT;
    CREATE UNIQUE INDEX certificates_fingerprint ON certificates (fingerprint, organization);
    CREATE INDEX certificates_key ON certificates (key_hash);
    CREATE INDEX certificates_device ON certificates (device) WHERE device IS NOT NULL;
    CREATE INDEX certificates_expiry ON certificates (not_after);
    CREATE INDEX certificates_standing ON certificates (organization, authority, serial) WHERE status <> 'good';

    CREATE TABLE revocation_lists (
      organization TEXT NOT NULL, authority TEXT NOT NULL, number INTEGER NOT NULL, this_update INTEGER NOT NULL,
      next_update INTEGER NOT NULL, encoded BLOB NOT NULL,
      PRIMARY KEY (organization, authority)
    ) STRICT;

    CREATE TABLE standing_changes (
      sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, organization TEXT NOT NULL, kind TEXT NOT NULL,
      identifier TEXT, serial BLOB
    ) STRICT;

    CREATE TABLE profiles (
      organization TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
      digest BLOB NOT NULL, applied_at INTEGER NOT NULL, applied_by TEXT NOT NULL,
      PRIMARY KEY (organization, name, version)
    ) STRICT;

    CREATE TABLE administrators (
      fingerprint BLOB NOT NULL, organization TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
      certificate BLOB NOT NULL, added_at INTEGER NOT NULL, added_by TEXT NOT NULL, removed_at INTEGER,
      PRIMARY KEY (organization, fingerprint)
    ) STRICT;

    CREATE TABLE trust_anchors (
      organization TEXT NOT NULL, name TEXT NOT NULL, certificate BLOB NOT NULL, profiles TEXT NOT NULL,
      manufacturer TEXT NOT NULL, serial_prefix TEXT, added_at INTEGER NOT NULL, added_by TEXT NOT NULL,
      removed_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX trust_anchors_name ON trust_anchors (organization, name) WHERE removed_at IS NULL;

    CREATE TABLE idempotency (
      organization TEXT NOT NULL, principal TEXT NOT NULL, key TEXT NOT NULL, request_hash BLOB NOT NULL,
      status INTEGER NOT NULL, body BLOB NOT NULL, expires_at INTEGER NOT NULL,
      PRIMARY KEY (organization, principal, key)
    ) STRICT;

    -- The log: leaves alone, so that proofs read few pages; entries beside them, so that one can be erased.
    CREATE TABLE audit_leaves (
      organization TEXT NOT NULL, position INTEGER NOT NULL, digest BLOB NOT NULL,
      PRIMARY KEY (organization, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit_entries (
      organization TEXT NOT NULL, position INTEGER NOT NULL, subject TEXT NOT NULL, salt BLOB NOT NULL,
      entry BLOB NOT NULL,
      PRIMARY KEY (organization, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX audit_entries_subject ON audit_entries (organization, subject);
    CREATE TABLE audit_frontiers (
      organization TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL, frontier BLOB NOT NULL
    ) STRICT;
    CREATE TABLE checkpoints (
      organization TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (organization, size)
    ) STRICT;
    """
}

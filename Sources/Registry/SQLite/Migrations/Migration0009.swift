extension Migrations {
  /// What all doors share: secrets that check a MAC, requests that wait for an operator, registration authorities, and
  /// the state of exchanges of several messages.
  static let migration0009 = """
    -- AES-256-GCM under a key in custody; only of secrets that were made to check a MAC.
    ALTER TABLE enrollment_secrets ADD COLUMN sealed BLOB;
    CREATE INDEX enrollment_secrets_hash ON enrollment_secrets (organization, secret_hash);
    ALTER TABLE grants ADD COLUMN sealed BLOB;
    CREATE INDEX grants_secret ON grants (organization, secret_hash);

    ALTER TABLE administrators ADD COLUMN lot TEXT;
    ALTER TABLE administrators ADD COLUMN uses INTEGER;
    ALTER TABLE administrators ADD COLUMN issued INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE pending_requests (
      id TEXT NOT NULL, organization TEXT NOT NULL, digest BLOB NOT NULL, profile TEXT NOT NULL, door TEXT NOT NULL,
      principal TEXT NOT NULL, serial TEXT NOT NULL, subject TEXT NOT NULL, key_hash BLOB NOT NULL,
      request BLOB NOT NULL, address TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      state TEXT NOT NULL, decided_at INTEGER, decided_by TEXT, reason TEXT, authority TEXT, certificate BLOB,
      PRIMARY KEY (organization, id)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX pending_requests_digest ON pending_requests (organization, digest);
    CREATE INDEX pending_requests_principal ON pending_requests (organization, principal, state);
    CREATE INDEX pending_requests_expiry ON pending_requests (organization, expires_at);

    CREATE TABLE protocol_transactions (
      organization TEXT NOT NULL, door TEXT NOT NULL, identifier BLOB NOT NULL, state BLOB NOT NULL,
      created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      PRIMARY KEY (organization, door, identifier)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX protocol_transactions_expiry ON protocol_transactions (organization, expires_at);
    """
}

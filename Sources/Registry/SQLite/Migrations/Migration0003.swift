extension Migrations {
  /// Rollover: an authority's revocation, the certificates that lead from one key to the next, what is asked of a root,
  /// and what approvers approved.
  static let migration0003 = """
    ALTER TABLE authorities ADD COLUMN revoked_at INTEGER;
    ALTER TABLE authorities ADD COLUMN revocation_reason INTEGER;

    CREATE TABLE rollover_certificates (
      organization TEXT NOT NULL, subject TEXT NOT NULL, issuer TEXT NOT NULL, kind TEXT NOT NULL,
      certificate BLOB NOT NULL, not_after INTEGER NOT NULL, created_at INTEGER NOT NULL,
      PRIMARY KEY (organization, subject, issuer, kind)
    ) STRICT;

    CREATE TABLE root_requests (
      organization TEXT NOT NULL, id TEXT NOT NULL, act TEXT NOT NULL, note TEXT NOT NULL,
      created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER NOT NULL, answered_at INTEGER,
      PRIMARY KEY (organization, id)
    ) STRICT;

    CREATE TABLE approver_documents (
      organization TEXT NOT NULL, purpose TEXT NOT NULL, number INTEGER NOT NULL, note TEXT NOT NULL,
      added_at INTEGER NOT NULL, added_by TEXT NOT NULL,
      PRIMARY KEY (organization, purpose, number)
    ) STRICT;

    CREATE TABLE trust_bundles (
      organization TEXT NOT NULL, number INTEGER NOT NULL, note TEXT NOT NULL, expires_at INTEGER NOT NULL,
      published_at INTEGER NOT NULL, published_by TEXT NOT NULL,
      PRIMARY KEY (organization, number)
    ) STRICT;
    """
}

extension Migrations {
  /// Authorities beside those that `init` makes, by name; what somebody else's authorities were asked to certify.
  static let migration0022 = """
    ALTER TABLE authorities ADD COLUMN name TEXT;
    CREATE UNIQUE INDEX authorities_active_name ON authorities (organization, name)
      WHERE state = 'active' AND name IS NOT NULL;
    CREATE TABLE authority_requests (
      id TEXT NOT NULL, organization TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL, replaces TEXT,
      request BLOB NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, installed_at INTEGER,
      PRIMARY KEY (organization, id)
    ) STRICT, WITHOUT ROWID;
    """
}

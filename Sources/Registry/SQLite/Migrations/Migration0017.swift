extension Migrations {
  /// Requests as members of acts on many, and a row that is written to learn whether anything can be.
  static let migration0017 = """
    ALTER TABLE bulk_members ADD COLUMN request TEXT;
    CREATE TABLE write_probes (
      organization TEXT NOT NULL PRIMARY KEY, written_at INTEGER NOT NULL, filling BLOB NOT NULL
    ) STRICT;
    """
}

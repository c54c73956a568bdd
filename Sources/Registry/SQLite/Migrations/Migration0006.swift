extension Migrations {
  /// What is watched: how far a watcher has read, the conditions that stand, and what is still to be told of them.
  static let migration0006 = """
    CREATE TABLE watch_positions (
      organization TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,
      PRIMARY KEY (organization, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conditions (
      organization TEXT NOT NULL, name TEXT NOT NULL, raised_at INTEGER NOT NULL, document BLOB NOT NULL,
      PRIMARY KEY (organization, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notifications (
      sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, organization TEXT NOT NULL, target TEXT NOT NULL,
      document BLOB NOT NULL, queued_at INTEGER NOT NULL, attempts INTEGER NOT NULL, next_attempt_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX notifications_target ON notifications (organization, target, sequence);
    """
}

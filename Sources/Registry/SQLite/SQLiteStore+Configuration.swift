import GRDB

extension SQLiteStore {
  static func configuration(_ options: SQLiteOptions) -> Configuration {
    var configuration = Configuration()
    configuration.label = "touchmark"
    configuration.maximumReaderCount = options.readers
    configuration.busyMode = .timeout(5)  // seconds; another process (a backup, a recovery) may hold the lock
    configuration.foreignKeysEnabled = false  // rows refer to each other by identifiers that are never deleted
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
      // KiB. Small, since the system keeps the file's pages as well: what is not here costs a copy, and no wait.
      try database.execute(sql: "PRAGMA cache_size = -4096")
    }
    return configuration
  }

  /// What only the writer needs, and what GRDB has set otherwise by now.
  static func prepareWriter(_ database: Database, _ options: SQLiteOptions) throws {
    // DatabasePool sets its writer to NORMAL after `prepareDatabase`: a commit would then not be synced in WAL mode.
    try database.execute(sql: "PRAGMA synchronous = \(options.synchronous.pragma)")
    // macOS: fsync alone leaves data in the drive's cache.
    try database.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
    // Erased entries of the audit log are overwritten in the file.
    try database.execute(sql: "PRAGMA secure_delete = ON")
    // The writer touches random pages of the hash indexes. 64 MiB would hold those of a million certificates, and are
    // too much of the 150 MB that a server of a million devices may have.
    try database.execute(sql: "PRAGMA cache_size = -24576")
    // Pages in the log before a checkpoint; larger than the default, since each checkpoint syncs twice.
    try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
  }
}

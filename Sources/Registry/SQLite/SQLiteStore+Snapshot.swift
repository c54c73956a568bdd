import GRDB

extension SQLiteStore {
  /// Copies the store, as it is at one moment, into a new file. Writers, in this process and in others, go on meanwhile:
  /// in WAL mode a reader blocks nobody. Blocks; memory does not grow with the store.
  ///
  /// - Parameter destination: must not exist; afterwards it is whole by itself, with no `-wal` file beside it.
  public static func copySnapshot(of path: String, to destination: String) throws(StoreError) {
    do {
      var reading = Configuration()
      reading.readonly = true
      reading.busyMode = .timeout(5)
      var writing = Configuration()
      // A copy that a crash leaves half is thrown away, so it needs neither journal nor sync.
      writing.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
      let source = try DatabaseQueue(path: path, configuration: reading)
      let copy = try DatabaseQueue(path: destination, configuration: writing)
      try source.backup(to: copy)
      try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try copy.close()
      try source.close()
    } catch {
      throw StoreError(error)
    }
  }
}

import GRDB

/// One durable transaction for many bodies, each in its own savepoint.
///
/// A crash before COMMIT's sync leaves none of them; after it, all. Callers are resumed only then.
struct GroupCommit {
  let writes: [any PendingWrite]

  /// Returns when all is durable; throws when nothing was kept.
  func run(on database: Database) throws(StoreError) {
    let writer = SQLiteWriter(database: database)
    do {
      try writer.execute("BEGIN IMMEDIATE")
      for write in writes { try writer.runInSavepoint(write) }
      try writer.sequencePendingLeaves()
      try writer.execute("COMMIT")
    } catch {
      // SQLite has ended the transaction by itself after some failures; a ROLLBACK would then be an error.
      if database.isInsideTransaction { _ = try? writer.execute("ROLLBACK") }
      throw Self.unavailable(error)
    }
  }

  /// Whatever broke the commit, its bodies are told that the store was unavailable: their own success or refusal was
  /// decided on rows that do not exist.
  private static func unavailable(_ error: StoreError) -> StoreError {
    if case .unavailable = error { return error }
    return .unavailable(reason: "the commit failed (\(error))")
  }
}

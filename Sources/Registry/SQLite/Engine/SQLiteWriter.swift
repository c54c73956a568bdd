import AuditLog
import GRDB

/// The writer connection within one group commit.
final class SQLiteWriter: SQLiteAccess, StoreWriter {
  let database: Database
  /// Appended by the bodies that succeeded so far; they get their indexes together, before the commit.
  private(set) var pendingLeaves: [PendingLeaf] = []
  /// Set once a statement failed for want of the disk: after that no body of this commit can be trusted.
  private(set) var failure: StoreError?

  init(database: Database) { self.database = database }

  func failed(_ error: StoreError) {
    if case .unavailable = error { failure = failure ?? error }
  }

  func appendPending(_ leaf: PendingLeaf) { pendingLeaves.append(leaf) }

  func takePendingLeaves() -> [PendingLeaf] {
    defer { pendingLeaves = [] }
    return pendingLeaves
  }

  /// Runs one body in its savepoint: what it throws undoes it alone, in the database and in memory.
  ///
  /// Throws only when the whole commit must be given up.
  func runInSavepoint(_ write: any PendingWrite) throws(StoreError) {
    let leavesBefore = pendingLeaves.count
    try execute("SAVEPOINT body")
    if !write.run(self) {
      pendingLeaves.removeSubrange(leavesBefore...)
      if failure == nil { try execute("ROLLBACK TO body") }
    }
    if let failure { throw failure }
    try execute("RELEASE body")
  }
}

/// A leaf that waits for its index.
struct PendingLeaf {
  let organization: OrganizationID
  let leaf: AuditLeaf
  let subject: String
  let activity: Activity
}

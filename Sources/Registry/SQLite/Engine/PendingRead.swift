import GRDB

/// A body that waits for a connection that reads.
protocol PendingRead: Sendable {
  /// Runs the body on one snapshot and resumes the caller.
  func run(on database: Database)
  /// Resumes the caller without having run.
  func refuse(_ failure: StoreError)
}

/// A queued body with its caller's continuation.
struct QueuedRead<T: Sendable>: PendingRead {
  private let body: @Sendable (any StoreReader) throws -> T
  private let continuation: CheckedContinuation<T, any Error>

  init(
    _ body: @Sendable @escaping (any StoreReader) throws -> T, _ continuation: CheckedContinuation<T, any Error>
  ) {
    self.body = body
    self.continuation = continuation
  }

  func run(on database: Database) {
    let reader = SQLiteReader(database: database)
    let result = Result {
      // The first SELECT takes the snapshot, which holds every commit before it.
      try reader.execute("BEGIN DEFERRED")
      defer { _ = try? reader.execute("COMMIT") }
      return try body(reader)
    }
    continuation.resume(with: result)
  }

  func refuse(_ failure: StoreError) { continuation.resume(throwing: failure) }
}

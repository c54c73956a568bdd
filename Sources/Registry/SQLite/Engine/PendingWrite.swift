import Synchronization

/// A body that waits for the next group commit.
protocol PendingWrite: AnyObject, Sendable {
  /// Runs the body and keeps its outcome; false when it threw.
  func run(_ writer: SQLiteWriter) -> Bool
  /// Resumes the caller: with the kept outcome when `failure` is nil.
  func finish(_ failure: StoreError?)
}

/// A queued body with its caller's continuation. Only the writer's thread touches it once it is queued.
final class QueuedWrite<T: Sendable>: PendingWrite, @unchecked Sendable {
  private let body: @Sendable (any StoreWriter) throws -> T
  private let continuation: CheckedContinuation<T, any Error>
  private var outcome: Result<T, any Error>?

  init(
    _ body: @Sendable @escaping (any StoreWriter) throws -> T, _ continuation: CheckedContinuation<T, any Error>
  ) {
    self.body = body
    self.continuation = continuation
  }

  func run(_ writer: SQLiteWriter) -> Bool {
    let result = Result { try body(writer) }
    outcome = result
    if case .failure = result { return false }
    return true
  }

  func finish(_ failure: StoreError?) {
    if let failure { return continuation.resume(throwing: failure) }
    guard let outcome else {
      return continuation.resume(throwing: StoreError.unavailable(reason: "the body never ran"))
    }
    continuation.resume(with: outcome)
  }
}

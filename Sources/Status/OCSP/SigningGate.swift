import Synchronization

/// Counts what is under way, and turns away what would be too many. Nobody waits: a queue would only hide the load.
final class SigningGate: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// Whether the caller may go on; then it must `leave`.
  func enter() -> Bool {
    count.withLock {
      guard $0 < limit else { return false }
      $0 += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}

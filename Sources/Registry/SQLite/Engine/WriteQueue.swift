import Foundation

/// The bounded queue between callers and the writer's thread.
final class WriteQueue: @unchecked Sendable {
  private let condition = NSCondition()  // guards all that follows
  private var waiting: [any PendingWrite] = []
  private var isClosed = false
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// Nil when it was taken; otherwise why not.
  func submit(_ write: any PendingWrite) -> StoreError? {
    condition.lock()
    defer { condition.unlock() }
    if isClosed { return .unavailable(reason: "the store is closed") }
    if waiting.count >= capacity { return .busy }
    waiting.append(write)
    if waiting.count == 1 { condition.signal() }
    return nil
  }

  /// Everything that queued while the caller was away, at most `limit`; waits for the first. Nil once closed and empty.
  func take(upTo limit: Int) -> [any PendingWrite]? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty {
      if isClosed { return nil }
      condition.wait()
    }
    let batch = Array(waiting.prefix(limit))
    waiting.removeFirst(batch.count)
    return batch
  }

  var count: Int {
    condition.lock()
    defer { condition.unlock() }
    return waiting.count
  }

  /// Takes nothing more; what waits is still written.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }
}

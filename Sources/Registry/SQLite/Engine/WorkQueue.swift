import Foundation

/// The bounded queue between callers and the store's threads.
final class WorkQueue<Item: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()  // guards all that follows
  private var waiting: [Item] = []
  private var idle = 0
  private var isClosed = false
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// Nil when it was taken; otherwise why not.
  func submit(_ item: Item) -> StoreError? {
    condition.lock()
    defer { condition.unlock() }
    if isClosed { return .unavailable(reason: "the store is closed") }
    if waiting.count >= capacity { return .busy }
    waiting.append(item)
    // A thread that is at work looks again before it sleeps: waking one costs more than most items do.
    if idle > 0 { condition.signal() }
    return nil
  }

  /// Everything that queued while the caller was away, at most `limit`; waits for the first, and then `patience` seconds
  /// for more. Nil once closed and empty.
  func take(upTo limit: Int, after patience: Double = 0) -> [Item]? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty {
      if isClosed { return nil }
      idle += 1
      condition.wait()
      idle -= 1
    }
    if patience > 0, !isClosed, waiting.count < limit {
      condition.unlock()
      Thread.sleep(forTimeInterval: patience)
      condition.lock()
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

  /// Takes nothing more; what waits is still done.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }
}

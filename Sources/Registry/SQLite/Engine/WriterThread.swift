import Foundation
import GRDB
import Synchronization

/// The one thread that writes: it takes what queued during the last sync, commits it, and resumes the callers.
final class WriterThread: Sendable {
  private let queue: WriteQueue
  private let pool: DatabasePool
  private let batchLimit: Int
  private let onCommit: SQLiteOptions.CommitObserver?
  private let commitCount = Atomic<Int>(0)
  private let ending = Mutex(Ending.notYet([]))

  private enum Ending: Sendable {
    case notYet([CheckedContinuation<Void, Never>])
    case done
  }

  init(pool: DatabasePool, options: SQLiteOptions) {
    self.pool = pool
    queue = WriteQueue(capacity: options.queueCapacity)
    batchLimit = options.batchLimit
    onCommit = options.onCommit
  }

  /// How many transactions it ran, failed ones too.
  var commits: Int { commitCount.load(ordering: .relaxed) }

  var waiting: Int { queue.count }

  func start() {
    let thread = Thread { [self] in
      while let batch = queue.take(upTo: batchLimit) { commit(batch) }
      closeFile()
      resumeStoppers()
    }
    thread.name = "touchmark-writer"
    thread.stackSize = 4 << 20
    thread.start()
  }

  func submit(_ write: any PendingWrite) {
    if let refusal = queue.submit(write) { write.finish(refusal) }
  }

  /// Returns once everything queued is durable and the file is closed.
  func stop() async {
    queue.close()
    await withCheckedContinuation { continuation in
      let isDone = ending.withLock { ending in
        guard case .notYet(let waiting) = ending else { return true }
        ending = .notYet(waiting + [continuation])
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  /// As `stop`, without waiting.
  func close() { queue.close() }

  private func commit(_ batch: [any PendingWrite]) {
    var failure: StoreError?
    let began = ContinuousClock.now
    do {
      try pool.writeWithoutTransaction { try GroupCommit(writes: batch).run(on: $0) }
    } catch {
      failure = StoreError(error)
    }
    commitCount.add(1, ordering: .relaxed)
    onCommit?(batch.count, began.duration(to: .now), failure != nil)
    for write in batch { write.finish(failure) }
  }

  private func resumeStoppers() {
    let waiting = ending.withLock { ending in
      defer { ending = .done }
      guard case .notYet(let waiting) = ending else { return [CheckedContinuation<Void, Never>]() }
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private func closeFile() {
    // GRDB closes its readers last, and a connection that only reads leaves the log where it is: without this, a copy of
    // the file alone would lack what was written since the last checkpoint.
    pool.invalidateReadOnlyConnections()
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try? pool.close()
  }
}

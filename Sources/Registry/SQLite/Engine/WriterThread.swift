import Foundation
import GRDB
import Synchronization

/// The one thread that writes: it takes what queued during the last sync, commits it, and resumes the callers.
final class WriterThread: Sendable {
  private let queue: WorkQueue<any PendingWrite>
  private let pool: DatabasePool
  private let readers: ReaderThreads
  private let batchLimit: Int
  private let onCommit: SQLiteOptions.CommitObserver?
  private let commitCount = Atomic<Int>(0)
  private let ending = Mutex(Ending.notYet([]))

  private enum Ending: Sendable {
    case notYet([CheckedContinuation<Void, Never>])
    case done
  }

  /// - Parameter readers: stopped once everything is written.
  init(pool: DatabasePool, readers: ReaderThreads, options: SQLiteOptions) {
    self.pool = pool
    self.readers = readers
    queue = WorkQueue(capacity: options.queueCapacity)
    batchLimit = options.batchLimit
    onCommit = options.onCommit
  }

  /// How many transactions it ran, failed ones too.
  var commits: Int { commitCount.load(ordering: .relaxed) }

  var waiting: Int { queue.count }

  func start() {
    let thread = Thread { [self] in
      var patience = 0.0
      while let batch = queue.take(upTo: batchLimit, after: patience) { patience = commit(batch) }
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

  /// A sync costs as much for one as for many. While several ask at once, the next commit waits half as long as this
  /// one took for more of them; whoever asks alone never waits.
  ///
  /// - Returns: that time, in seconds.
  private func commit(_ batch: [any PendingWrite]) -> Double {
    let began = ContinuousClock.now
    var failure: StoreError?
    do {
      try pool.writeWithoutTransaction { try GroupCommit(writes: batch).run(on: $0) }
    } catch {
      failure = StoreError(error)
    }
    commitCount.add(1, ordering: .relaxed)
    let took = began.duration(to: .now)
    onCommit?(batch.count, took, failure != nil)
    for write in batch { write.finish(failure) }
    return batch.count > 1 ? min(took / Duration.seconds(1) / 2, Self.longestPatience) : 0
  }

  private static let longestPatience = 0.002

  private func resumeStoppers() {
    let waiting = ending.withLock { ending in
      defer { ending = .done }
      guard case .notYet(let waiting) = ending else { return [CheckedContinuation<Void, Never>]() }
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private func closeFile() {
    // A connection that only reads, and is closed last, leaves the log where it is: a copy of the file alone would lack
    // what was written since the last checkpoint.
    readers.stop()
    pool.invalidateReadOnlyConnections()
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try? pool.close()
  }
}

import Foundation
import GRDB
import Synchronization

/// The one thread that writes: it takes what queued during the last sync, commits it, and resumes the callers.
final class WriterThread: Sendable {
  private let queue: WriteQueue
  private let pool: DatabasePool
  private let batchLimit: Int
  private let commitCount = Atomic<Int>(0)
  private let ended = AsyncStream.makeStream(of: Never.self)

  init(pool: DatabasePool, options: SQLiteOptions) {
    self.pool = pool
    queue = WriteQueue(capacity: options.queueCapacity)
    batchLimit = options.batchLimit
  }

  /// How many transactions it ran, failed ones too.
  var commits: Int { commitCount.load(ordering: .relaxed) }

  var waiting: Int { queue.count }

  func start() {
    let thread = Thread { [self] in
      while let batch = queue.take(upTo: batchLimit) { commit(batch) }
      ended.continuation.finish()
    }
    thread.name = "touchmark-writer"
    thread.stackSize = 4 << 20
    thread.start()
  }

  func submit(_ write: any PendingWrite) {
    if let refusal = queue.submit(write) { write.finish(refusal) }
  }

  /// Returns once everything queued is durable and the thread is gone.
  func stop() async {
    queue.close()
    for await _ in ended.stream {}
  }

  func close() { queue.close() }

  private func commit(_ batch: [any PendingWrite]) {
    var failure: StoreError?
    do {
      try pool.writeWithoutTransaction { try GroupCommit(writes: batch).run(on: $0) }
    } catch {
      failure = StoreError(error)
    }
    commitCount.add(1, ordering: .relaxed)
    for write in batch { write.finish(failure) }
  }
}

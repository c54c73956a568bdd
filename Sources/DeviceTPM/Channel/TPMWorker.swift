import Foundation

/// The one thread that talks to the TPM. A command can take seconds, and must never hold up the cooperative pool.
///
/// The transport is opened on that thread when it is needed, and opened again after it failed.
final class TPMWorker: Sendable {
  private let queue: TPMQueue

  init(open: @escaping @Sendable () throws(TPMError) -> any TPMTransport) {
    let queue = TPMQueue()
    self.queue = queue
    Thread.detachNewThread {
      var transport: (any TPMTransport)?
      while let job = queue.next() { job(&transport, open) }
    }
  }

  deinit { queue.stop() }

  func run<Value: Sendable>(
    _ body: @escaping @Sendable (TPMChannel) throws(TPMError) -> Value
  ) async throws(TPMError) -> Value {
    let result: Result<Value, TPMError> = await withCheckedContinuation { continuation in
      let isTaken = queue.add { transport, open in
        continuation.resume(returning: Self.outcome(&transport, open, body))
      }
      if !isTaken { continuation.resume(returning: .failure(.busy)) }
    }
    return try result.get()
  }

  private static func outcome<Value>(
    _ transport: inout (any TPMTransport)?, _ open: () throws(TPMError) -> any TPMTransport,
    _ body: (TPMChannel) throws(TPMError) -> Value
  ) -> Result<Value, TPMError> {
    do throws(TPMError) {
      let usable: any TPMTransport
      if let transport { usable = transport } else { usable = try open() }
      transport = usable
      return .success(try body(TPMChannel(transport: usable)))
    } catch {
      if case .unavailable = error { transport = nil }
      return .failure(error)
    }
  }
}

/// What waits for the thread, in order.
private final class TPMQueue: @unchecked Sendable {
  typealias Job = @Sendable (inout (any TPMTransport)?, () throws(TPMError) -> any TPMTransport) -> Void

  // Guarded by the condition.
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var isStopped = false

  func add(_ job: @escaping Job) -> Bool {
    condition.withLock {
      guard !isStopped, jobs.count < TPMLimits.queue else { return false }
      jobs.append(job)
      condition.signal()
      return true
    }
  }

  /// Waits for the next; nil once stopped, and everything that waited was done.
  func next() -> Job? {
    condition.withLock {
      while jobs.isEmpty, !isStopped { condition.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }

  func stop() {
    condition.withLock {
      isStopped = true
      condition.signal()
    }
  }
}

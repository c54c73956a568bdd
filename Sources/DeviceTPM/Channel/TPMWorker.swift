import Dispatch
import Synchronization

/// The one queue, with a thread of its own, that talks to the TPM. A command can take seconds, and must never hold up the
/// cooperative pool.
///
/// The transport is opened there when it is needed, and opened again after it failed.
final class TPMWorker: Sendable {
  private let queue = DispatchQueue(label: "touchmark.tpm")
  private let waiting = Mutex(0)
  private let open: @Sendable () throws(TPMError) -> any TPMTransport
  // Touched on the queue alone.
  nonisolated(unsafe) private var transport: (any TPMTransport)?

  init(open: @escaping @Sendable () throws(TPMError) -> any TPMTransport) { self.open = open }

  func run<Value: Sendable>(
    _ body: @escaping @Sendable (TPMChannel) throws(TPMError) -> Value
  ) async throws(TPMError) -> Value {
    let isTaken = waiting.withLock { count in
      guard count < TPMLimits.queue else { return false }
      count += 1
      return true
    }
    guard isTaken else { throw .busy }
    let result: Result<Value, TPMError> = await withCheckedContinuation { continuation in
      queue.async { [self] in
        let outcome = outcome(body)
        waiting.withLock { $0 -= 1 }
        continuation.resume(returning: outcome)
      }
    }
    return try result.get()
  }

  private func outcome<Value>(_ body: (TPMChannel) throws(TPMError) -> Value) -> Result<Value, TPMError> {
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

import Dispatch
import Registry

/// Holds the writer's thread inside a body, so that a test decides what shares the next commit.
final class Gate: Sendable {
  private let entered = DispatchSemaphore(value: 0)
  private let opened = DispatchSemaphore(value: 0)

  /// Starts `writes` while the writer is held, waits until all are queued, then lets it go; their outcomes
  /// in order. `whileHeld` runs once they are queued.
  func together<T: Sendable>(
    _ store: SQLiteStore, _ writes: [@Sendable (any StoreWriter) throws -> T],
    whileHeld: () async -> Void = {}
  ) async -> [Result<T, any Error>] {
    async let held: Void? = try? store.write { [entered, opened] _ in
      entered.signal()
      opened.wait()
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [entered] in
        entered.wait()
        continuation.resume()
      }
    }
    var outcomes: [Result<T, any Error>] = []
    await withTaskGroup(of: (Int, Result<T, any Error>).self) { group in
      for (index, write) in writes.enumerated() {
        group.addTask {
          do { return (index, .success(try await store.write(write))) } catch { return (index, .failure(error)) }
        }
        // In this order, too.
        while store.waitingWrites < index + 1 { await Task.yield() }
      }
      await whileHeld()
      opened.signal()
      outcomes = await group.reduce(into: [(Int, Result<T, any Error>)]()) { $0.append($1) }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }
    await held
    return outcomes
  }
}

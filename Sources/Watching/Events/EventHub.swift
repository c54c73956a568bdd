import Registry
import Synchronization

/// Lets clients wait for the log to grow.
///
/// The log's size in the store is what is followed, since another process may commit too: it is read each 250 ms while
/// somebody waits, once for all of them.
public final class EventHub: Sendable {
  /// How many may wait at once.
  public struct Bounds: Sendable {
    public var waiters = 256
    public var waitersPerClient = 4

    public init() {}
  }

  static let pause = Duration.milliseconds(250)

  private struct Waiter {
    /// Resumed when the log is longer than this.
    let size: UInt64
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var isClosed = false
    var isPolling = false
    var admitted = 0
    var byClient: [String: Int] = [:]
    var next: UInt64 = 0
    var waiters: [UInt64: Waiter] = [:]
  }

  private let size: @Sendable () async throws -> UInt64
  private let bounds: Bounds
  private let state = Mutex(State())

  public convenience init(store: any Store, organization: OrganizationID, bounds: Bounds = Bounds()) {
    self.init(bounds: bounds) { try await store.read { try $0.auditSize(in: organization) } }
  }

  /// - Parameter size: how many entries are durable now.
  public init(bounds: Bounds = Bounds(), size: @escaping @Sendable () async throws -> UInt64) {
    self.bounds = bounds
    self.size = size
  }

  /// Takes one of the places for a client that means to wait; false when all are taken. Give it back with `leave`.
  public func enter(_ client: String) -> Bool {
    state.withLock { state in
      guard state.admitted < bounds.waiters, state.byClient[client, default: 0] < bounds.waitersPerClient else {
        return false
      }
      state.admitted += 1
      state.byClient[client, default: 0] += 1
      return true
    }
  }

  public func leave(_ client: String) {
    state.withLock { state in
      state.admitted -= 1
      let left = state.byClient[client, default: 1] - 1
      state.byClient[client] = left > 0 ? left : nil
    }
  }

  /// How many hold a place.
  public var waiters: Int { state.withLock { $0.admitted } }

  public var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Ends every wait now, and later ones at once: the server is stopping.
  public func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiting { waiter.continuation.resume() }
  }

  /// Returns when the log is longer than `size`, at `deadline`, or when the task is cancelled or the hub closed.
  public func growth(beyond size: UInt64, until deadline: ContinuousClock.Instant) async {
    let id = state.withLock { state in
      state.next &+= 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        register(id, Waiter(size: size, deadline: deadline, continuation: continuation))
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
    }
  }

  private func register(_ id: UInt64, _ waiter: Waiter) {
    enum Next { case resume, wait, poll }
    let next = state.withLock { state -> Next in
      guard !state.isClosed, !Task.isCancelled else { return .resume }
      state.waiters[id] = waiter
      defer { state.isPolling = true }
      return state.isPolling ? .wait : .poll
    }
    switch next {
    case .resume: waiter.continuation.resume()
    case .wait: break
    case .poll: Task { await poll() }
    }
  }

  /// Runs while somebody waits.
  private func poll() async {
    while true {
      // A store that cannot be read now ends no wait early; deadlines still hold.
      let size = try? await size()
      let now = ContinuousClock.now
      let (due, isLast) = state.withLock { state -> ([Waiter], Bool) in
        let due = state.waiters.filter { $0.value.deadline <= now || $0.value.size < (size ?? 0) }
        for id in due.keys { state.waiters[id] = nil }
        state.isPolling = !state.waiters.isEmpty
        return (Array(due.values), !state.isPolling)
      }
      for waiter in due { waiter.continuation.resume() }
      if isLast { return }
      try? await Task.sleep(for: Self.pause)
    }
  }
}

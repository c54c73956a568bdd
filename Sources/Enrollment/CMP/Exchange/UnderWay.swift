import Synchronization

/// Transactions whose message is being answered now: the same message twice at once is answered once. Another process
/// may answer the second; there the store's key for a transaction decides.
final class UnderWay: Sendable {
  private let identifiers = Mutex<Set<String>>([])

  func enter(_ identifier: String) -> Bool { identifiers.withLock { $0.insert(identifier).inserted } }
  func leave(_ identifier: String) { identifiers.withLock { _ = $0.remove(identifier) } }
}

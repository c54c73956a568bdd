import Synchronization

/// Counts open connections, all of them and by address.
final class ConnectionLedger: Sendable {
  private struct Counts {
    var total = 0
    var byAddress: [String: Int] = [:]
  }

  private let bounds: WebServerConfiguration.Bounds
  private let counts = Mutex(Counts())

  init(bounds: WebServerConfiguration.Bounds) { self.bounds = bounds }

  /// Counts one more, or says which bound refuses it. Whoever is admitted is released once.
  func admit(_ address: String) -> BoundExceeded? {
    counts.withLock { counts in
      guard counts.total < bounds.connections else {
        return BoundExceeded(name: "connections", limit: bounds.connections)
      }
      let already = counts.byAddress[address, default: 0]
      guard already < bounds.connectionsPerAddress else {
        return BoundExceeded(name: "connections_per_address", limit: bounds.connectionsPerAddress)
      }
      counts.total += 1
      counts.byAddress[address] = already + 1
      return nil
    }
  }

  /// Open now.
  var open: Int { counts.withLock { $0.total } }

  func release(_ address: String) {
    counts.withLock { counts in
      counts.total -= 1
      let left = counts.byAddress[address, default: 1] - 1
      counts.byAddress[address] = left > 0 ? left : nil
    }
  }
}

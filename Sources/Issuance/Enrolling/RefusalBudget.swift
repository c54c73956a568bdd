import Synchronization
import WireFormats

/// Bounds what refusals can write into the audit log, in entries a minute. What is over is a log line alone. Without it,
/// whoever knows one serial could fill the store.
package final class RefusalBudget: Sendable {
  private static let names = 4096

  private struct Window {
    var start: Instant
    var count: Int

    /// Counts one more within the minute; false when the limit is reached.
    mutating func take(at now: Instant, limit: Int) -> Bool {
      if now - start >= .minutes(1) || now < start { (start, count) = (now, 0) }
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  private struct State {
    var all = Window(start: Instant(seconds: 0), count: 0)
    var names: [String: Window] = [:]
  }

  private let perName: Int
  private let total: Int?
  private let state = Mutex(State())

  /// - Parameter total: of all names together; nil for those who showed a right, who are few.
  package init(perName: Int, total: Int?) {
    self.perName = perName
    self.total = total
  }

  /// Whether one more entry may be written for this name now.
  package func take(_ name: String, at now: Instant) -> Bool {
    state.withLock { state in
      var window = state.names[name] ?? Window(start: now, count: 0)
      guard window.take(at: now, limit: perName) else { return false }
      if let total, !state.all.take(at: now, limit: total) { return false }
      if state.names.count >= Self.names { state.names = state.names.filter { now - $0.value.start < .minutes(1) } }
      // A full table forgets names rather than refusals: the total still holds.
      if state.names.count >= Self.names { state.names.removeAll() }
      state.names[name] = window
      return true
    }
  }
}

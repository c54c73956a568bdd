import Synchronization
import WireFormats

/// Bounds what wrong secrets can write into the audit log: so many entries a minute for one name. What is over is a log
/// line alone. Without it, whoever knows one serial could fill the store.
final class RefusalBudget: Sendable {
  static let entriesPerMinute = 10
  private static let names = 4096

  private struct Window {
    var start: Instant
    var count: Int
  }

  private let windows = Mutex<[String: Window]>([:])

  /// Whether one more entry may be written for this name now.
  func take(_ name: String, at now: Instant) -> Bool {
    windows.withLock { windows in
      if let window = windows[name], now - window.start < .minutes(1), now >= window.start {
        guard window.count < Self.entriesPerMinute else { return false }
        windows[name] = Window(start: window.start, count: window.count + 1)
        return true
      }
      if windows.count >= Self.names { windows = windows.filter { now - $0.value.start < .minutes(1) } }
      guard windows.count < Self.names else { return false }
      windows[name] = Window(start: now, count: 1)
      return true
    }
  }
}

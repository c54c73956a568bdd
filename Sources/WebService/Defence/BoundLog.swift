import Logging
import Synchronization

/// Writes one line a second at most for each bound, with the number of those that were left out, so that whoever runs
/// into a bound a thousand times a second cannot fill the log.
final class BoundLog: Sendable {
  private struct Entry {
    var written: ContinuousClock.Instant
    var omitted: Int
  }

  private let logger: Logger
  private let entries = Mutex<[String: Entry]>([:])

  init(logger: Logger) { self.logger = logger }

  func note(_ bound: BoundExceeded, address: String) {
    let now = ContinuousClock.now
    let omitted: Int? = entries.withLock { entries in
      if var entry = entries[bound.name], now - entry.written < .seconds(1) {
        entry.omitted += 1
        entries[bound.name] = entry
        return nil
      }
      let omitted = entries[bound.name]?.omitted ?? 0
      entries[bound.name] = Entry(written: now, omitted: 0)
      return omitted
    }
    guard let omitted else { return }
    logger.warning(
      "bound exceeded",
      metadata: [
        "bound": "\(bound.name)", "limit": "\(bound.limit)", "address": "\(address)", "omitted": "\(omitted)",
      ])
  }
}

import Synchronization

/// What the watcher saw last, for whoever asks: a scrape must not read a million rows.
public final class WatchBoard: Sendable {
  /// One look.
  struct Seen: Sendable {
    /// Certificates that expire soon and have no successor; nil before the first look.
    var expiring: Int?
    var standing: [ConditionKind: Int] = [:]
    var waitingNotifications = 0
    /// Nil without a checkpoint sink.
    var isSinkFailing: Bool?
  }

  private let seen = Mutex(Seen())

  public init() {}

  func update(_ body: (inout Seen) -> Void) { seen.withLock { body(&$0) } }

  var now: Seen { seen.withLock { $0 } }
}

import Synchronization
import WireFormats

/// How the checkpoint sink does.
struct SinkState: Hashable, Sendable {
  /// A sink that fails for a moment is tried again before anyone is told.
  static let patience = Span.seconds(30)

  /// Nil while it takes what it is given.
  var failingSince: Instant?
  var error: String?
  /// Whether it was tried since the start.
  var wasTried = false

  /// False while it is not clear whether it works.
  func isSettled(at now: Instant) -> Bool {
    wasTried && (failingSince.map { now - $0 >= Self.patience } ?? true)
  }
}

/// The same, shared by who delivers and who watches.
public final class SinkHealth: Sendable {
  private let state = Mutex(SinkState())

  public init() {}

  var now: SinkState { state.withLock { $0 } }

  func delivered() { state.withLock { $0 = SinkState(wasTried: true) } }

  /// What was delivered last is still the latest.
  func restOnLast() { state.withLock { if !$0.wasTried { $0 = SinkState(wasTried: true) } } }

  func failed(_ error: String, at instant: Instant) {
    state.withLock { $0 = SinkState(failingSince: $0.failingSince ?? instant, error: error, wasTried: true) }
  }
}

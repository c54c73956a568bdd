import Issuance
import Synchronization
import WireFormats

/// A clock that stands still until a test moves it.
public final class SettableClock: Sendable {
  private let instant: Mutex<Instant>

  public init(_ start: Instant) { instant = Mutex(start) }

  public var now: Clock { { [self] in instant.withLock { $0 } } }
  public func advance(by span: Span) { instant.withLock { $0 = $0 + span } }
  public func set(_ moment: Instant) { instant.withLock { $0 = moment } }
}

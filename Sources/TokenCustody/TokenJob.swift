import PKCS11
import Synchronization

/// What a session of a token is asked to do, and whoever waits for it: answered once, by the session's thread or, when
/// its time is over, by the clock.
final class TokenJob: Sendable {
  typealias Body = @Sendable (TokenSession, inout KnownKeys) throws(TokenError) -> Void

  enum Kind: Sendable {
    case signature
    /// Looks, and changes nothing.
    case look
    /// Changes the token: never begun twice.
    case change
  }

  let kind: Kind
  let deadline: ContinuousClock.Instant
  private let body: Body
  private let waiting: Mutex<(@Sendable (TokenError?) -> Void)?>

  /// - Parameter done: called once, with nil after `body` ran.
  init(
    _ kind: Kind, deadline: ContinuousClock.Instant, body: @escaping Body,
    done: @escaping @Sendable (TokenError?) -> Void
  ) {
    (self.kind, self.deadline, self.body) = (kind, deadline, body)
    waiting = Mutex(done)
  }

  func perform(on session: TokenSession, _ keys: inout KnownKeys) throws(TokenError) { try body(session, &keys) }

  var isRepeatable: Bool { kind != .change }

  var isOpen: Bool { waiting.withLock { $0 != nil } }

  func finish(_ error: TokenError?) {
    let done = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    done?(error)
  }
}

/// The keys that a session found on its token, by their URIs.
struct KnownKeys: Sendable {
  var handles: [PKCS11URI: UInt] = [:]
}

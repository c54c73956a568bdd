import Credentials
import WireFormats

/// A device's side of EST, as a state machine that does no I/O: it is told what happened and says what to do next.
///
/// Its rule is that no crash and no lost answer may cost the device its identity: a key is kept before its request is
/// sent, the old certificate until the new one is kept, and a request without an answer is sent again with the same key.
/// Begin each start of the device with a fresh client on what was kept, and `.wake`.
public struct DeviceClient: Sendable {
  /// What the client wants done. Report the outcome with `handle`.
  public enum Action: Sendable {
    /// Send this over TLS to a server that `DeviceMemory.trusts`; then `.answered`, or `.unanswered`.
    case send(ESTMessage)
    /// Make `memory` durable; then `.kept`.
    case keep
    /// Do nothing until then, by the device's own clock; then `.wake`.
    case rest(until: Instant, Rest)
  }

  /// Why a device rests.
  public enum Rest: Hashable, Sendable {
    /// It has what it needs.
    case renewed, notDue
    /// Nobody answered, or what came cannot be believed. It asks again.
    case unanswered
    /// The server asked for time (RFC 7030 §4.2.3: 202, and 429, 503).
    case busy(status: Int)
    /// The server will not have it; a person has to act. It still asks, once a day.
    case refused(status: Int)
    /// There is neither a certificate nor a secret to begin with.
    case nothingToShow
  }

  public enum Event: Sendable {
    /// The device started, or its rest is over.
    case wake
    case kept
    case answered(ESTReply)
    /// No connection, no answer, or a server that is not trusted.
    case unanswered
  }

  public internal(set) var memory: DeviceMemory
  var phase = Phase.resting
  /// Attempts in a row without an answer, for the pause before the next.
  var failures = 0
  /// Refusals in a row for the pending key.
  var refusals = 0
  /// Whether it has renewed since it started: without a clock, that is all it can go by.
  var hasRenewed = false

  enum Phase: Sendable {
    case resting
    case refreshing
    case keepingRoots(issuers: [Certificate])
    case keepingKey(issuers: [Certificate])
    case asking(issuers: [Certificate])
    case keepingCertificate
  }

  public init(memory: DeviceMemory) { self.memory = memory }

  /// - Parameter clock: The device's own, right or wrong.
  public mutating func handle(
    _ event: Event, at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    switch (phase, event) {
    case (_, .wake): wake(at: clock)
    case (.refreshing, .answered(let reply)): refreshed(reply, at: clock, using: &random)
    case (.keepingRoots(let issuers), .kept): prepare(issuers, using: &random)
    case (.keepingKey(let issuers), .kept): ask(issuers)
    case (.asking(let issuers), .answered(let reply)): issued(reply, issuers, at: clock, using: &random)
    case (.keepingCertificate, .kept): rest(until: memory.renewAt ?? .noExpiry, .renewed)
    case (_, .unanswered), (_, .answered), (_, .kept): unanswered(at: clock, using: &random)
    }
  }

  func isDue(at clock: Instant) -> Bool {
    if memory.identity == nil || memory.pendingKey != nil || memory.secret != nil { return true }
    switch DeviceTime(clock: clock, memory: memory) {
    case .known(let now): return now >= memory.renewAt ?? Instant(seconds: 0)
    case .unknown: return !hasRenewed
    }
  }

  mutating func keep(_ next: Phase, _ change: (inout DeviceMemory) -> Void) -> Action {
    change(&memory)
    phase = next
    return .keep
  }

  mutating func rest(until instant: Instant, _ why: Rest) -> Action {
    phase = .resting
    return .rest(until: instant, why)
  }
}

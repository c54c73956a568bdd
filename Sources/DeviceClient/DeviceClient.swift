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
    /// The key's home made no key, or the key did not sign. It tries again.
    case noKey
  }

  public enum Event: Sendable {
    /// The device started, or its rest is over.
    case wake
    case kept
    case answered(ESTReply)
    /// Another exchange than EST's gave the certificate that `simpleenroll` asks for.
    case issued(Certificate)
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
  /// Why there was no key, or it did not sign, when it was needed last; for a person.
  public internal(set) var keyTrouble: String?
  /// Where new keys are made.
  let keys: any DeviceKeyHome
  /// How far a clock that is wrong for certain lies behind what a trusted server said the time is.
  var lag: Span?

  enum Phase: Sendable {
    case resting
    case refreshing
    case keepingRoots(issuers: [Certificate])
    case keepingKey(issuers: [Certificate])
    case asking(issuers: [Certificate])
    case keepingCertificate
  }

  public init(memory: DeviceMemory, keys: any DeviceKeyHome = SoftwareKeyHome()) {
    self.memory = memory
    self.keys = keys
  }

  /// - Parameter clock: The device's own, right or wrong.
  public mutating func handle(
    _ event: Event, at clock: Instant, using random: inout some RandomNumberGenerator
  ) -> Action {
    if case .answered(let reply) = event { note(reply.date, at: clock) }
    return switch (phase, event) {
    case (_, .wake): wake(at: clock)
    case (.refreshing, .answered(let reply)): refreshed(reply, at: clock, using: &random)
    case (.keepingRoots(let issuers), .kept): prepare(issuers, at: clock, using: &random)
    case (.keepingKey(let issuers), .kept): ask(issuers, at: clock, using: &random)
    case (.asking(let issuers), .answered(let reply)): issued(reply, issuers, at: clock, using: &random)
    case (.asking(let issuers), .issued(let certificate)): take(certificate, issuers, at: clock, using: &random)
    case (.keepingCertificate, .kept): rest(until: nextLook(at: clock), .renewed)
    case (_, .unanswered), (_, .answered), (_, .issued), (_, .kept): unanswered(at: clock, using: &random)
    }
  }

  func isDue(at clock: Instant) -> Bool {
    if memory.identity == nil || memory.pendingKey != nil || memory.secret != nil { return true }
    guard let present = present(at: clock) else { return !hasRenewed }
    return present >= memory.renewAt ?? Instant(seconds: 0)
  }

  /// The time by which renewals are planned; nil when there is none. Chains are never judged by what a server said.
  func present(at clock: Instant) -> Instant? {
    if case .known(let now) = DeviceTime(clock: clock, memory: memory) { return now }
    return lag.map { clock + $0 }
  }

  /// A trusted server's Date field is evidence where the device's own clock is none, unless it lies behind what the
  /// device holds itself.
  private mutating func note(_ date: Instant?, at clock: Instant) {
    guard case .unknown = DeviceTime(clock: clock, memory: memory), let date, date >= memory.earliestPresent else {
      return
    }
    lag = date - clock
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

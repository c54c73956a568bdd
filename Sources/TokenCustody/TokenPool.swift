import CPKCS11
import Foundation
import KeyCustody
import PKCS11

/// A token, and a few threads that have a session of it each: nothing of a module ever runs on the cooperative pool.
///
/// A request waits within a bound while its token is away, and the threads look for it meanwhile. Once it was away for
/// longer than that, requests are refused at once, until a probe finds it again. The process never restarts for it.
public final class TokenPool: @unchecked Sendable {
  // Unchecked: `condition` guards `state`.
  public struct Limits: Sendable {
    /// Threads, and sessions at most.
    public var sessions = 4
    /// Requests that may wait.
    public var queue = 1024
    /// How long a request waits, for its turn and for a token that is away.
    public var patience = Duration.seconds(5)
    /// How often an idle token is looked at.
    public var probe = Duration.seconds(5)

    public init() {}
  }

  let uri: PKCS11URI
  let limits: Limits
  private let modulePath: String
  private let pin: TokenPIN
  private let condition = NSCondition()
  private var state = State()

  private struct State {
    var queue: [TokenJob] = []
    var running: [ObjectIdentifier: TokenJob] = [:]
    var isStopping = false
    var isProbing = false
    var obstacle: TokenError?
    /// Since when there is one.
    var since = ContinuousClock.now
    var sessions = 0
    var signatures: UInt64 = 0
    var failures: UInt64 = 0
    var reconnections: UInt64 = 0
  }

  /// Starts the threads, which end with `stop`; the token need not be there.
  ///
  /// - Parameter uri: names the token and its module.
  public init(_ uri: PKCS11URI, pin: TokenPIN, limits: Limits = Limits()) throws(TokenError) {
    guard uri.namesAnyToken else {
      throw .needsOperator("the PKCS #11 URI names no token: write pkcs11:token=LABEL?module-path=FILE")
    }
    guard let path = uri.modulePath else {
      throw .needsOperator("the PKCS #11 URI names no module: add ?module-path=FILE, the token's library")
    }
    (self.uri, self.pin, modulePath) = (uri, pin, path)
    self.limits = limits
    for _ in 0..<max(1, limits.sessions) {
      let worker = TokenWorker(pool: self)
      Thread.detachNewThread { worker.run() }
    }
    Thread.detachNewThread { self.keepTime() }
  }

  /// Ends the threads once what runs has ended; what waits is refused.
  public func stop() {
    condition.lock()
    state.isStopping = true
    let waiting = state.queue
    state.queue = []
    condition.broadcast()
    condition.unlock()
    for job in waiting { job.finish(.away("the process stops")) }
  }

  public var health: TokenHealth {
    condition.lock()
    defer { condition.unlock() }
    return TokenHealth(
      token: uri.tokenOnly.description, obstacle: state.obstacle?.reason, sessions: state.sessions,
      maximumSessions: limits.sessions, waiting: state.queue.count, signatures: state.signatures,
      failures: state.failures, reconnections: state.reconnections)
  }

  /// Runs `body` on a session, on a thread of its own.
  func run<R: Sendable>(
    _ kind: TokenJob.Kind, within patience: Duration? = nil,
    _ body: @escaping @Sendable (TokenSession, inout KnownKeys) throws(TokenError) -> R
  ) async throws(TokenError) -> R {
    let result: Result<R, TokenError> = await withCheckedContinuation { continuation in
      let box = ResultBox<R>()
      submit(
        kind, patience ?? limits.patience,
        { session, keys throws(TokenError) in box.set(try body(session, &keys)) },
        done: { error in
          if let error {
            continuation.resume(returning: .failure(error))
          } else {
            continuation.resume(returning: box.result)
          }
        })
    }
    return try result.get()
  }

  /// Looks at the token now, and waits for the outcome.
  public func probe() async throws(TokenError) {
    try await run(.look) { session, _ throws(TokenError) in try session.look() }
  }

  private func submit(
    _ kind: TokenJob.Kind, _ patience: Duration, _ body: @escaping TokenJob.Body,
    done: @escaping @Sendable (TokenError?) -> Void
  ) {
    let job = TokenJob(kind, deadline: .now + patience, body: body, done: done)
    condition.lock()
    let refusal = refusal()
    if refusal == nil {
      state.queue.append(job)
      condition.broadcast()
    }
    condition.unlock()
    if let refusal { job.finish(refusal) }
  }

  /// Why nothing more is taken now.
  private func refusal() -> TokenError? {
    if state.isStopping { return .away("the process stops") }
    if state.queue.count >= limits.queue { return .away("too many requests wait for the token \(uri.tokenOnly)") }
    if let obstacle = state.obstacle {
      if case .needsOperator = obstacle { return obstacle }
      if state.since.duration(to: .now) > limits.patience { return obstacle }
    }
    return nil
  }
}

/// What a job made, until its waiter takes it.
private final class ResultBox<R: Sendable>: @unchecked Sendable {
  // Unchecked: written by the job's thread before `finish`, read after it.
  private var value: R?

  func set(_ value: R) { self.value = value }

  var result: Result<R, TokenError> { value.map { .success($0) } ?? .failure(.away("the token gave no answer")) }
}

/// What the threads do with the pool.
extension TokenPool {
  /// The next job; nil when the pool stops.
  func next() -> TokenJob? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if state.isStopping { return nil }
      if !state.queue.isEmpty {
        let job = state.queue.removeFirst()
        state.running[ObjectIdentifier(job)] = job
        return job
      }
      condition.wait()
    }
  }

  var isStopping: Bool {
    condition.lock()
    defer { condition.unlock() }
    return state.isStopping
  }

  func ended(_ job: TokenJob, _ error: TokenError?) {
    condition.lock()
    state.running[ObjectIdentifier(job)] = nil
    if job.kind == .signature {
      if error == nil { state.signatures &+= 1 } else { state.failures &+= 1 }
    }
    condition.unlock()
    job.finish(error)
  }

  /// Waits between tries; ends early when the pool stops.
  func pause(_ time: Duration) {
    condition.lock()
    defer { condition.unlock() }
    let end = Date(timeIntervalSinceNow: Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds))
    while !state.isStopping, condition.wait(until: end) {}
  }

  func opened(isAgain: Bool) {
    condition.lock()
    state.sessions += 1
    if isAgain { state.reconnections &+= 1 }
    condition.unlock()
  }

  func closed() {
    condition.lock()
    state.sessions -= 1
    condition.unlock()
  }

  /// How the token answered last.
  func note(_ obstacle: TokenError?) {
    condition.lock()
    if (state.obstacle == nil) != (obstacle == nil) { state.since = .now }
    state.obstacle = obstacle
    condition.unlock()
  }

  func module() throws(TokenError) -> CryptokiModule { try CryptokiModule.load(modulePath) }

  func open(_ cryptoki: Cryptoki) throws(TokenError) -> TokenSession {
    let session = try TokenSession.open(cryptoki, slot: try cryptoki.slot(of: uri))
    do throws(TokenError) {
      try session.logIn(pin)
      return session
    } catch {
      session.close()
      throw error
    }
  }
}

/// The clock of a pool: refuses what waited too long, also behind a call that does not return, and looks at an idle token.
extension TokenPool {
  private static let beat: TimeInterval = 0.1

  fileprivate func keepTime() {
    var probed = ContinuousClock.now
    while beat(&probed) {}
  }

  /// Whether to go on.
  private func beat(_ probed: inout ContinuousClock.Instant) -> Bool {
    condition.lock()
    let end = Date(timeIntervalSinceNow: Self.beat)
    while !state.isStopping, condition.wait(until: end) {}
    guard !state.isStopping else {
      condition.unlock()
      return false
    }
    let now = ContinuousClock.now
    let stuck = state.running.values.filter { $0.deadline <= now && $0.isOpen }
    let late = state.queue.filter { $0.deadline <= now } + stuck
    state.queue.removeAll { $0.deadline <= now }
    if !stuck.isEmpty, state.obstacle == nil {
      state.obstacle = .away("the token \(uri.tokenOnly) does not answer")
      state.since = now
    }
    let reason = state.obstacle ?? .away("too many requests wait for the token \(uri.tokenOnly)")
    let isDue = probed.duration(to: now) >= (state.obstacle == nil ? limits.probe : min(limits.probe, .seconds(1)))
    if isDue, !state.isProbing {
      probed = now
      state.isProbing = true
      state.queue.append(probeJob(now))
      condition.broadcast()
    }
    condition.unlock()
    for job in late { job.finish(reason) }
    return true
  }

  private func probeJob(_ now: ContinuousClock.Instant) -> TokenJob {
    TokenJob(
      .look, deadline: now + limits.patience,
      body: { session, _ throws(TokenError) in try session.look() },
      done: { [weak self] _ in self?.probed() })
  }

  private func probed() {
    condition.lock()
    state.isProbing = false
    condition.unlock()
  }
}

import CPKCS11
import PKCS11

/// One thread of a pool, and its session.
final class TokenWorker: @unchecked Sendable {
  // Unchecked: used by its own thread alone.
  private let pool: TokenPool
  private var held: Held?
  /// The module's generation that was seen last.
  private var generation = 0
  private var hadSession = false

  /// A session of one generation of its module.
  private struct Held {
    let session: TokenSession
    let generation: Int
    var keys = KnownKeys()
  }

  private static let firstPause = Duration.milliseconds(50)
  private static let lastPause = Duration.milliseconds(1000)

  init(pool: TokenPool) { self.pool = pool }

  func run() {
    while let job = pool.next() { pool.ended(job, attempt(job)) }
    drop()
  }

  /// Until the job is done, its time is over, or an operator has to act first.
  private func attempt(_ job: TokenJob) -> TokenError? {
    var losses = 0
    var pause = Self.firstPause
    while true {
      var hasBegun = false
      do throws(TokenError) {
        try once(job, &hasBegun)
        pool.note(nil)
        return nil
      } catch {
        guard case .away = error else {
          if case .needsOperator = error { pool.note(error) }
          return error
        }
        losses += 1
        drop()
        // One lost session says nothing of the token: the next one is opened at once.
        if losses > 1 { pool.note(error) }
        guard job.isRepeatable || !hasBegun, job.isOpen, .now < job.deadline, !pool.isStopping else { return error }
        guard losses > 1 else { continue }
        renew()
        pool.pause(pause)
        pause = min(pause * 2, Self.lastPause)
      }
    }
  }

  private func once(_ job: TokenJob, _ hasBegun: inout Bool) throws(TokenError) {
    try pool.module().enter { cryptoki, generation throws(TokenError) in
      self.generation = generation
      if let held, held.generation != generation { forget() }
      var current: Held
      if let held { current = held } else { current = try open(cryptoki, generation) }
      hasBegun = true
      try job.perform(on: current.session, &current.keys)
      held = current
    }
  }

  private func open(_ cryptoki: Cryptoki, _ generation: Int) throws(TokenError) -> Held {
    let fresh = Held(session: try pool.open(cryptoki), generation: generation)
    held = fresh
    pool.opened(isAgain: hadSession)
    hadSession = true
    return fresh
  }

  /// A token that was replaced, or whose driver gave up, is seen by a module that starts anew.
  private func renew() {
    do throws(TokenError) { try pool.module().renew(after: generation) } catch { pool.note(error) }
  }

  private func drop() {
    guard let lost = held else { return }
    try? pool.module().enter { _, generation throws(TokenError) in
      if lost.generation == generation { lost.session.close() }
    }
    forget()
  }

  private func forget() {
    held = nil
    pool.closed()
  }
}

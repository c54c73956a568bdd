import CPKCS11
import Foundation
import PKCS11
import Synchronization

/// A module of PKCS #11, loaded into this process once for each path.
///
/// Sessions belong to a *generation*: when a token was replaced or its driver gave up, the module is finalized and
/// initialized again, nobody being inside it meanwhile, and every session of before is void.
final class CryptokiModule: @unchecked Sendable {
  // Unchecked: `condition` guards what changes; the function list is the module's own and never changes.
  let path: String
  private let cryptoki: Cryptoki
  private let condition = NSCondition()
  private var inside = 0
  private var isRenewing = false
  private var isInitialized = false
  private var current = 0
  private var renewedAt: ContinuousClock.Instant?

  private static let loaded = Mutex<[String: CryptokiModule]>([:])
  /// Calls that still run are waited for this long.
  private static let patience: TimeInterval = 2
  /// Starting a module anew ends everybody's sessions, so it is not done more often.
  private static let pause = Duration.milliseconds(500)

  /// Loads and initializes, or returns the one that is loaded.
  static func load(_ path: String) throws(TokenError) -> CryptokiModule {
    let found: Result<CryptokiModule, TokenError> = loaded.withLock { loaded in
      if let module = loaded[path] { return .success(module) }
      do throws(TokenError) {
        let module = try CryptokiModule(path)
        loaded[path] = module
        return .success(module)
      } catch { return .failure(error) }
    }
    return try found.get()
  }

  private init(_ path: String) throws(TokenError) {
    self.path = path
    cryptoki = try Cryptoki.load(path)
    try cryptoki.initialize()
    isInitialized = true
  }

  /// Runs calls of the module; while it is started anew they wait.
  func enter<R>(_ body: (Cryptoki, _ generation: Int) throws(TokenError) -> R) throws(TokenError) -> R {
    condition.lock()
    while isRenewing { condition.wait() }
    guard isInitialized else {
      condition.unlock()
      throw .away("the module \(path) did not start again")
    }
    inside += 1
    let generation = current
    condition.unlock()
    defer {
      condition.lock()
      inside -= 1
      if inside == 0 { condition.broadcast() }
      condition.unlock()
    }
    return try body(cryptoki, generation)
  }

  /// Finalizes and initializes, unless somebody did since `generation`. Callers must not be inside.
  func renew(after generation: Int) throws(TokenError) {
    condition.lock()
    defer { condition.unlock() }
    while isRenewing { condition.wait() }
    let now = ContinuousClock.now
    guard current == generation || !isInitialized else { return }
    if let renewedAt, renewedAt.duration(to: now) < Self.pause { return }
    isRenewing = true
    defer {
      isRenewing = false
      condition.broadcast()
    }
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    while inside > 0 {
      guard condition.wait(until: deadline) else { throw .away("a call into \(path) does not return") }
    }
    renewedAt = now
    current += 1
    isInitialized = false
    cryptoki.finalize()
    try cryptoki.initialize()
    isInitialized = true
  }
}

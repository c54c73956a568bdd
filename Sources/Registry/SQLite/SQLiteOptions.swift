import Foundation

/// How the SQLite store is opened.
public struct SQLiteOptions: Sendable {
  /// How a commit reaches the disk.
  public struct Synchronous: Hashable, Sendable {
    let pragma: String
    /// Every commit is synced before it returns: the only one for production.
    public static let full = Synchronous(pragma: "FULL")
    /// Nothing is synced. Only for the test that must fail with it.
    package static let off = Synchronous(pragma: "OFF")
  }

  /// Taken from the environment only under test hooks; `.full` otherwise.
  public let synchronous: Synchronous
  /// How many writes may wait before `StoreError.busy`.
  public var queueCapacity = 4096
  /// How many bodies one transaction takes at most.
  public var batchLimit = 256
  /// How many connections read at once.
  public var readers = 4
  /// Told of each group commit, on the writer's thread: how many bodies, how long with its sync, whether it failed.
  public typealias CommitObserver = @Sendable (_ writes: Int, _ duration: Duration, _ failed: Bool) -> Void
  public var onCommit: CommitObserver?

  /// `TOUCHMARK_TEST_SYNCHRONOUS=OFF` is honoured only beside `TOUCHMARK_TEST_HOOKS=1`: the crash lane proves with it
  /// that its test finds a store that does not sync.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let hooked = environment["TOUCHMARK_TEST_HOOKS"] == "1" && environment["TOUCHMARK_TEST_SYNCHRONOUS"] == "OFF"
    synchronous = hooked ? .off : .full
  }
}

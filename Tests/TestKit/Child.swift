import Foundation
import Synchronization

/// A program that was started, and whose end is waited for on a thread of its own.
///
/// Foundation's `Process` is not used: on Linux its `run()` lists the open files of this process and reads past the end
/// of that list, which now and then takes the tests with it. Here the kernel closes them in the child.
public final class Child: Sendable {
  /// Why a program did not start: what `posix_spawn` said.
  public struct NotStarted: Error, CustomStringConvertible {
    public let description: String
  }

  /// Files for the three streams; nil is /dev/null. Files, because a pipe that nobody reads fills up and stops whoever
  /// writes to it. Two streams may share one file, and are interleaved in it.
  public struct Streams: Sendable {
    public var input: String?
    public var output: String?
    public var errors: String?

    public init(input: String? = nil, output: String? = nil, errors: String? = nil) {
      (self.input, self.output, self.errors) = (input, output, errors)
    }
  }

  public let identifier: pid_t
  private let outcome = Mutex<Int32?>(nil)
  private let done = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - path: The program: a path, or a name that is looked for on PATH.
  ///   - environment: All of it; nil hands down this process's own.
  ///   - folder: Where it runs; nil is where this process does.
  public init(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil, in folder: String? = nil,
    streams: Streams = Streams()
  ) throws {
    let environment = environment ?? ProcessInfo.processInfo.environment
    identifier = try SpawnActions(streams: streams, folder: folder)
      .spawn(path, [path] + arguments, environment: environment.map { "\($0.key)=\($0.value)" })
    Thread { self.reap() }.start()
  }

  /// Waits without reaping first: until the number is given back under the lock, no signal can reach a stranger.
  private func reap() {
    var seen = siginfo_t()
    while waitid(P_PID, id_t(identifier), &seen, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    outcome.withLock { outcome in
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
      outcome = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
    done.signal()
  }

  /// The exit code, or 128 and the signal that ended it; nil while it runs.
  public var exit: Int32? { outcome.withLock { $0 } }
  public var isRunning: Bool { exit == nil }

  /// Sends it a signal, if it runs.
  public func signal(_ number: Int32) {
    outcome.withLock { if $0 == nil { _ = kill(identifier, number) } }
  }

  /// Waits for its end and ends it when that takes longer than `seconds`. Blocks: keep it off the pool.
  ///
  /// - Returns: The exit code, or nil when it had to be ended.
  @discardableResult
  public func wait(seconds: Double) -> Int32? {
    let inTime = done.wait(timeout: .now() + seconds) == .success
    if !inTime {
      signal(SIGKILL)
      done.wait()
    }
    done.signal()
    return inTime ? exit : nil
  }

  /// The same from where nothing may block.
  @discardableResult
  public func ended(seconds: Double) async throws -> Int32? { try await offloading { self.wait(seconds: seconds) } }
}

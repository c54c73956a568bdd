import Foundation

#if canImport(Glibc)
// In glibc since 2.34, but declared to those only who define _GNU_SOURCE, as Swift's importer does not.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func closeFilesFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32) -> Int32
#endif

/// A program of the operator's that is told of a condition: the JSON is on its standard input, its environment has
/// nothing of this process's, no other file is open, and it is ended when its time is over.
enum NotifyingCommand {
  /// Larger than any document, and smaller than what a pipe holds: writing to it never waits.
  static let longest = 32 * 1024
  private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"]

  /// Why it is not delivered.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs it to its end. Blocks: call it on a thread of its own.
  static func run(_ words: [String], input: [UInt8], seconds: Double) throws(Failure) {
    guard input.count <= longest, let program = words.first else { throw Failure(description: "too long") }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(description: "no pipe: \(String(cString: strerror(errno)))") }
    defer { for end in ends { close(end) } }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let written = input.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
    guard written == input.count else { throw Failure(description: "the pipe does not take it") }
    let child = try spawn(program, words, input: ends[0])
    // The program sees the end of its input only once nobody can write to it.
    close(ends[1])
    ends[1] = open("/dev/null", O_RDONLY | O_CLOEXEC)
    try wait(for: child, program, seconds: seconds)
  }

  private static func spawn(_ program: String, _ words: [String], input: Int32) throws(Failure) -> pid_t {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    #if canImport(Glibc)
    _ = closeFilesFrom(&actions, 3)
    #endif
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A group of its own, so that what it started ends with it.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var child: pid_t = 0
    let failure = withStrings(words) { arguments in
      withStrings(environment) { posix_spawn(&child, program, &actions, &attributes, arguments, $0) }
    }
    guard failure == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(failure)))") }
    return child
  }

  private static func wait(for child: pid_t, _ program: String, seconds: Double) throws(Failure) {
    let end = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    var isLate = false
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      if ended < 0, errno != EINTR { throw Failure(description: "\(program) cannot be waited for") }
      if !isLate, ContinuousClock.now >= end {
        isLate = true
        kill(-child, SIGKILL)
      }
      usleep(10_000)
    }
    if isLate { throw Failure(description: "\(program) was ended after \(seconds) s") }
    guard status == 0 else {
      let code = status & 0x7F == 0 ? "ended with \((status >> 8) & 0xFF)" : "was ended by signal \(status & 0x7F)"
      throw Failure(description: "\(program) \(code)")
    }
  }

  /// A list of C strings that ends in nil.
  private static func withStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let strings = texts.map { strdup($0) }
    defer { for string in strings { free(string) } }
    return body(strings + [nil])
  }
}

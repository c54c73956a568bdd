import Foundation

#if canImport(Glibc)
// In glibc since 2.34 and 2.29, but declared to those only who define _GNU_SOURCE, as Swift's importer does not.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func addCloseFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32) -> Int32
@_silgen_name("posix_spawn_file_actions_addchdir_np")
private func addChangeOfFolder(
  _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: UnsafePointer<CChar>
) -> Int32
#endif

/// What `posix_spawn` does in the child before the program begins: its streams, its folder, and no other file open.
struct SpawnActions {
  let streams: Child.Streams
  let folder: String?

  func spawn(_ path: String, _ arguments: [String], environment: [String]) throws -> pid_t {
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
    prepareSignals(&attributes)
    let new = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, streams.input ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, streams.output ?? "/dev/null", new, 0o600)
    if streams.errors == streams.output {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, streams.errors ?? "/dev/null", new, 0o600)
    }
    #if canImport(Glibc)
    _ = addCloseFrom(&actions, 3)
    if let folder { _ = addChangeOfFolder(&actions, folder) }
    #else
    if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
    #endif
    var identifier: pid_t = 0
    let failure = Self.withStrings(arguments) { arguments in
      Self.withStrings(environment) { posix_spawnp(&identifier, path, &actions, &attributes, arguments, $0) }
    }
    guard failure == 0 else { throw Child.NotStarted(description: "\(path): \(String(cString: strerror(failure)))") }
    return identifier
  }

  /// The child hears every signal, whatever this process ignores or blocks.
  #if canImport(Darwin)
  private func prepareSignals(_ attributes: inout posix_spawnattr_t?) {
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_CLOEXEC_DEFAULT))
  }
  #else
  private func prepareSignals(_ attributes: inout posix_spawnattr_t) {
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  }
  #endif

  /// A list of C strings that ends in nil.
  private static func withStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let strings = texts.map { strdup($0) }
    defer { for string in strings { free(string) } }
    return body(strings + [nil])
  }
}

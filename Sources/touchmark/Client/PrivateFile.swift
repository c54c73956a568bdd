#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that a command makes. None is ever written over.
package enum PrivateFile {
  /// Sees that nothing is in the way, before anything is issued that would then have no place.
  ///
  /// - Throws: `.conflict` when something is.
  package static func expectFree(_ path: String?) throws(CommandFailure) {
    guard let path, access(path, F_OK) == 0 else { return }
    throw CommandFailure(.conflict, "\(path) exists already", hint: "move it away; nothing is written over")
  }

  /// Creates `path` with `mode`, writes it and waits until it is on the disk.
  ///
  /// - Throws: `.conflict` when it exists, `.refused` when it cannot be made or written.
  package static func create(_ path: String, mode: mode_t, _ bytes: [UInt8]) throws(CommandFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw errno == EEXIST
        ? CommandFailure(.conflict, "\(path) exists already", hint: "move it away; nothing is written over")
        : CommandFailure(.refused, "\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else {
        throw CommandFailure(.refused, "\(path) cannot be written: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(max(count, 0))
    }
    guard fsync(descriptor) == 0 else {
      throw CommandFailure(.refused, "\(path) cannot be kept: \(String(cString: strerror(errno)))")
    }
  }

  package static func create(_ path: String, mode: mode_t = 0o644, _ text: String) throws(CommandFailure) {
    try create(path, mode: mode, Array(text.utf8))
  }
}

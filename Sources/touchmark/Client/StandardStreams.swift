import Foundation

/// Everything that is not a result: messages, hints, progress.
package enum StandardError {
  package static func write(_ text: String) { Stream.write(text, to: STDERR_FILENO) }

  /// `touchmark: …`, lower case, no full stop.
  package static func say(_ message: String) { write("touchmark: \(OneLine.of(message))\n") }
  package static func hint(_ message: String) { write("hint: \(OneLine.of(message))\n") }

  package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Results.
package enum StandardOutput {
  package static func write(_ text: String) { Stream.write(text, to: STDOUT_FILENO) }

  /// False once the other end of a pipe is gone: what follows a log has nobody left to write for.
  package static var isRead: Bool {
    var asked = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    return poll(&asked, 1, 0) <= 0 || Int32(asked.revents) & Int32(POLLERR) == 0
  }
}

/// Foundation's own handles trap when a write fails; a closed pipe or a full disk is no reason to.
private enum Stream {
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
    }
  }
}

import DeviceAgent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Results go to standard output; what is said about them to standard error, as docs/commands.md has it.
enum Said {
  static func result(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func message(_ text: String) { write("touchmark-agent: \(text)\n", to: STDERR_FILENO) }
  static func hint(_ text: String) { write("hint: \(text)\n", to: STDERR_FILENO) }

  static func failure(_ failure: AgentFailure) {
    message(failure.reason)
    if let hint = failure.hint { Self.hint(hint) }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      #if canImport(Glibc)
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
      let written = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
      let written = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}

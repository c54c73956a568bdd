import DeviceAgent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A secret from a file or standard input, never from the command line, where every user of the machine sees it.
enum SecretFile {
  private static let longest = 4096

  static func read(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw AgentFailure(.missing, "\(path): \(String(cString: strerror(errno)))")
    }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1024)
    while octets.count <= longest {
      let count = buffer.withUnsafeMutableBytes { input(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw AgentFailure(.failed, "\(path): \(String(cString: strerror(errno)))") }
      if count == 0 { return octets }
      octets += buffer.prefix(count)
    }
    throw AgentFailure(.failed, "\(path) is longer than a secret is")
  }
}

#if canImport(Glibc)
private let input = Glibc.read
#elseif canImport(Musl)
private let input = Musl.read
#else
private let input = Darwin.read
#endif

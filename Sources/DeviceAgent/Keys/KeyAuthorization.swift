#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A small secret in a file that not everybody reads: a key's authorization value, a token's PIN.
enum KeyAuthorization {
  /// TPM 2.0 Library part 1, §36: no longer than the digest of the key's Name.
  private static let longest = 32

  static func read(_ path: String) throws(AgentFailure) -> [UInt8] { try read(path, longest: longest) }

  /// The file's octets, without a newline at the end.
  static func read(_ path: String, longest: Int) throws(AgentFailure) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DurableFile.failure(path) }
    guard status.st_mode & 0o007 == 0 else {
      throw AgentFailure(.failed, "\(path) is open to everyone", hint: "chmod o= \(path)")
    }
    guard var octets = try DurableFile.read(path, limit: longest + 1) else {
      throw AgentFailure(.missing, "\(path) is not there")
    }
    if octets.last == UInt8(ascii: "\n") { octets.removeLast() }
    guard (1...longest).contains(octets.count) else {
      throw AgentFailure(.failed, "\(path) holds nothing, or more than \(longest) octets")
    }
    return octets
  }
}

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that a person named.
public enum AnyFile {
  /// The path from the root on, for what is kept beyond this process.
  public static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  /// Whole, old or new, and readable to everybody.
  public static func replace(_ path: String, with octets: [UInt8]) throws(AgentFailure) {
    try DurableFile.replace(path, with: octets, mode: 0o644)
  }

  /// At most a megabyte.
  public static func read(_ path: String) throws(AgentFailure) -> [UInt8] {
    guard let octets = try DurableFile.read(path) else { throw AgentFailure(.missing, "\(path) is not there") }
    return octets
  }
}

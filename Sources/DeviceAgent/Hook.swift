import WireFormats

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A command of the operator's that is told of a change, once for each, and again until it succeeds: a crash between the
/// change and the command loses nothing, since what was told is written down after it.
public struct Hook: Sendable {
  /// Run by /bin/sh.
  public let command: String
  /// Where the last change that it was told of is noted.
  let noted: String

  /// - Parameter name: What it is about; each has its own note in the folder.
  public init(_ command: String, _ name: String, in folder: AgentFolder) {
    (self.command, noted) = (command, folder.file("told-\(name)"))
  }

  /// Runs the command unless it was told of this change before.
  ///
  /// - Parameters:
  ///   - change: Names what there is now, for example a fingerprint.
  ///   - environment: Beside the agent's own.
  /// - Returns: Whether it ran.
  @discardableResult
  public func tell(_ change: String, environment: [String: String] = [:]) throws(AgentFailure) -> Bool {
    if let last = try DurableFile.read(noted, limit: 4096), String(decoding: last, as: UTF8.self) == change {
      return false
    }
    KillPoint.pass("hook")
    let code = try Self.run(command, environment)
    guard code == 0 else { throw AgentFailure(.failed, "`\(command)` ended with \(code): it is run again later") }
    try DurableFile.replace(noted, with: Array(change.utf8))
    return true
  }

  private static func run(_ command: String, _ environment: [String: String]) throws(AgentFailure) -> Int32 {
    let arguments: [UnsafeMutablePointer<CChar>?] = Self.copied(["/bin/sh", "-c", command])
    let variables = Self.copied(Self.inherited + environment.map { "\($0.key)=\($0.value)" })
    defer { for pointer in arguments + variables { free(pointer) } }
    var child = pid_t()
    let failed = posix_spawn(&child, "/bin/sh", nil, nil, arguments, variables)
    guard failed == 0 else { throw AgentFailure(.failed, "/bin/sh: \(String(cString: strerror(failed)))") }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { break } }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Ends with nil, as C wants lists of text.
  private static func copied(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var copies: [UnsafeMutablePointer<CChar>?] = []
    for text in texts { copies.append(strdup(text)) }
    return copies + [nil]
  }

  private static var inherited: [String] {
    let names: [String] = ["PATH", "HOME", "LANG"]
    return names.compactMap { (name: String) in getenv(name).map { "\(name)=\(String(cString: $0))" } }
  }
}

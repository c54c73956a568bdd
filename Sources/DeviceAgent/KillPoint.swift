#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where tests let the agent die, as a power cut would have it: `TOUCHMARK_AGENT_DIE_AT=identity-pointed` or, for the
/// third time that it comes by, `file-renamed:3`. Without that variable nothing happens here.
enum KillPoint {
  private static let wanted: (name: String, time: Int)? = {
    guard let value = getenv("TOUCHMARK_AGENT_DIE_AT") else { return nil }
    let parts = String(cString: value).split(separator: ":")
    return parts.first.map { (String($0), parts.count > 1 ? Int(parts[1]) ?? 1 : 1) }
  }()
  // The agent's steps are taken by its main thread alone.
  nonisolated(unsafe) private static var passed = 0

  static func pass(_ name: @autoclosure () -> String) {
    guard let wanted, wanted.name == name() else { return }
    passed += 1
    if passed == wanted.time { kill(getpid(), SIGKILL) }
  }
}

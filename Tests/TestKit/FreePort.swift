#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ports on 127.0.0.1 that nothing listens on.
public enum FreePort {
  /// Below those that systems give to outgoing connections (32768 and up, 49152 and up): one that is found here is not
  /// taken by somebody's client before a server binds it.
  private static let range = 20_000..<32_000

  public static func find(_ count: Int) -> [Int] {
    var found: Set<Int> = []
    while found.count < count {
      let port = Int.random(in: range)
      if isFree(port) { found.insert(port) }
    }
    return Array(found)
  }

  public static func isFree(_ port: Int) -> Bool {
    #if canImport(Glibc)
    let stream = Int32(SOCK_STREAM.rawValue)
    #else
    let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

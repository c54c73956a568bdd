#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ports on 127.0.0.1 that nothing listens on.
public enum FreePort {
  /// Taken from the system and given back, so that a server may take them.
  public static func find(_ count: Int) -> [Int] {
    let sockets = (0..<count).map { _ in bound() }
    defer { for (descriptor, _) in sockets { close(descriptor) } }
    return sockets.map(\.port)
  }

  private static func bound() -> (descriptor: Int32, port: Int) {
    #if canImport(Glibc)
    let stream = Int32(SOCK_STREAM.rawValue)
    #else
    let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        _ = bind(descriptor, raw, length)
        _ = getsockname(descriptor, raw, &length)
      }
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}

import Foundation

#if canImport(Glibc)
import Glibc
private let streamType = Int32(SOCK_STREAM.rawValue)
#else
import Darwin
private let streamType = SOCK_STREAM
#endif

/// A TCP client that says exactly what it is told to, for what no HTTP library would send.
///
/// It blocks: use it off the pool.
final class RawClient {
  struct Failure: Error {
    let step: String
  }

  /// What came until the peer closed, or until the time was over.
  struct Received {
    let text: String
    let isClosed: Bool
  }

  private let descriptor: Int32

  init(port: Int, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, streamType, 0)
    guard descriptor >= 0 else { throw Failure(step: "socket") }
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(step: "connect") }
  }

  deinit { close(descriptor) }

  /// - Returns: whether the kernel took all of it.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        #if canImport(Glibc)
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        #else
        Darwin.send(descriptor, $0.baseAddress, $0.count, 0)
        #endif
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Reads until the peer closes, until `stop` occurs in what came, or until the time is over.
  func receive(seconds: Double, until stop: String? = nil) -> Received {
    let end = Date().addingTimeInterval(seconds)
    var bytes: [UInt8] = []
    while true {
      if let stop, String(decoding: bytes, as: UTF8.self).contains(stop) { break }
      let left = end.timeIntervalSinceNow
      var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&query, 1, Int32(left * 1000) + 1) > 0 else { break }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return Received(text: String(decoding: bytes, as: UTF8.self), isClosed: true) }
      bytes += chunk.prefix(count)
    }
    return Received(text: String(decoding: bytes, as: UTF8.self), isClosed: false)
  }
}

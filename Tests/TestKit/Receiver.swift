import Foundation
import Synchronization

/// An HTTP server on loopback that keeps what it is sent and answers as a test tells it, well or badly.
public final class Receiver: Sendable {
  /// How it answers.
  public enum Answer: Sendable {
    case text(Int, String)
    /// These octets, whatever they are.
    case raw([UInt8])
    /// Takes the request and says nothing more.
    case silence
    /// A head at once, and then an octet now and then.
    case drip
  }

  public struct Request: Sendable {
    public let path: String
    /// Names in lower case.
    public let headers: [String: String]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  public let port: Int
  public var url: String { "http://127.0.0.1:\(port)" }
  private let listening: Int32
  private let answer: Mutex<Answer>
  private let received = Mutex<[Request]>([])

  public init(_ answer: Answer = .text(200, "{}")) {
    self.answer = Mutex(answer)
    port = FreePort.find(1)[0]
    #if canImport(Darwin)
    listening = socket(AF_INET, SOCK_STREAM, 0)
    #else
    listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listening, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    listen(listening, 64)
    Thread { [self] in accepting() }.start()
  }

  public func set(_ next: Answer) { answer.withLock { $0 = next } }
  public var requests: [Request] { received.withLock { $0 } }

  /// No more connections are taken.
  public func close() { shutdown(listening, Int32(SHUT_RDWR)) }

  /// Waits until there are so many requests; false after ten seconds.
  public func has(_ count: Int) async throws -> Bool {
    for _ in 0..<400 {
      if requests.count >= count { return true }
      try await Task.sleep(for: .milliseconds(25))
    }
    return false
  }

  private func accepting() {
    while true {
      let connection = accept(listening, nil, nil)
      guard connection >= 0 else {
        _ = Foundation.close(listening)
        return
      }
      Thread { [self] in serve(connection) }.start()
    }
  }

  private func serve(_ connection: Int32) {
    defer { _ = Foundation.close(connection) }
    while let request = read(connection) {
      received.withLock { $0.append(request) }
      switch answer.withLock({ $0 }) {
      case .text(let status, let text):
        let type = "Content-Type: application/json\r\nLocation: /elsewhere\r\n"
        guard send("HTTP/1.1 \(status) X\r\n\(type)Content-Length: \(text.utf8.count)\r\n\r\n\(text)", connection)
        else {
          return
        }
      case .raw(let octets):
        _ = send(octets, connection)
        return
      case .silence:
        waitForEnd(of: connection)
        return
      case .drip:
        guard send("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", connection) else { return }
        while send(" ", connection) { usleep(100_000) }
        return
      }
    }
  }

  private func waitForEnd(of connection: Int32) {
    var octet: UInt8 = 0
    while recv(connection, &octet, 1, 0) > 0 {}
  }

  private func send(_ text: String, _ connection: Int32) -> Bool { send(Array(text.utf8), connection) }

  private func send(_ octets: [UInt8], _ connection: Int32) -> Bool {
    var rest = octets[...]
    while !rest.isEmpty {
      #if canImport(Darwin)
      let flags: Int32 = 0
      #else
      let flags = Int32(MSG_NOSIGNAL)
      #endif
      let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Nil at the end of the connection.
  private func read(_ connection: Int32) -> Request? {
    var octets: [UInt8] = []
    var head: Range<Int>?
    while head == nil {
      guard more(&octets, connection) else { return nil }
      head = octets.firstRange(of: Array("\r\n\r\n".utf8))
    }
    guard let head else { return nil }
    let lines = String(decoding: octets[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while octets.count < head.upperBound + length { guard more(&octets, connection) else { return nil } }
    return Request(
      path: lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? "", headers: headers,
      body: Array(octets[head.upperBound..<(head.upperBound + length)]))
  }

  private func more(_ octets: inout [UInt8], _ connection: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(connection, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    octets += buffer[..<count]
    return true
  }
}

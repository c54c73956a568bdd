import NIOCore
import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Asks one DNS server by UDP, a fresh port and identifier for each question (RFC 5452 §9.2), and by TCP where the answer
/// does not fit (RFC 7766 §5).
struct DNSClient: Sendable {
  /// `HOST` or `HOST:PORT` of an address.
  let server: SocketAddress
  let timeout: TimeAmount
  private static let attempts = 2

  /// The operator's server, or the system's first. Nil where neither is an address.
  init?(server text: String?, timeout: TimeAmount = .seconds(3)) {
    guard let text = text ?? Self.systemServer(), let address = Self.address(text) else { return nil }
    server = address
    self.timeout = timeout
  }

  static func address(_ text: String) -> SocketAddress? {
    if let address = try? SocketAddress(ipAddress: text, port: 53) { return address }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    let host = text[..<colon].trimmingPrefix("[")
    return try? SocketAddress(ipAddress: String(host.last == "]" ? host.dropLast() : host), port: port)
  }

  private static func systemServer() -> String? {
    guard let text = try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") {
      let words: [Substring] = line.split(separator: " ")
      if words.count >= 2, words[0] == "nameserver" { return String(words[1]) }
    }
    return nil
  }

  /// IPv4 first: a host that has both answers there.
  func addresses(of name: String) async throws -> [[UInt8]] {
    let four = try await records(of: name, .a).filter { $0.count == 4 }
    return four + (try await records(of: name, .aaaa).filter { $0.count == 16 })
  }

  func records(of name: String, _ type: DNSMessage.RecordType) async throws -> [[UInt8]] {
    for attempt in 1...Self.attempts {
      guard let query = DNSMessage.query(name, type, identifier: .random(in: .min ... .max)) else {
        throw DNSMessage.Failure.malformed
      }
      do {
        return try await records(query, type)
      } catch let failure as DNSMessage.Failure {
        // RFC 1035 §4.1.1: the name does not exist, which is an answer.
        if failure == .code(3) { return [] }
        throw failure
      } catch  where attempt < Self.attempts { continue }
    }
    return []
  }

  private func records(_ query: [UInt8], _ type: DNSMessage.RecordType) async throws -> [[UInt8]] {
    do {
      return try await exchange(query, type)
    } catch DNSMessage.Failure.truncated {
      return try await DNSStream(server: server, timeout: timeout).records(query, type)
    }
  }

  private func exchange(_ query: [UInt8], _ type: DNSMessage.RecordType) async throws -> [[UInt8]] {
    let group = MultiThreadedEventLoopGroup.singleton
    let loop = group.next()
    let promise = loop.makePromise(of: [[UInt8]].self)
    let (server, timeout) = (server, timeout)
    let channel = try await DatagramBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AnswerHandler(server: server, query: query, type: type, promise))
        }
      }
      .bind(host: server.protocol == .inet6 ? "::" : "0.0.0.0", port: 0).get()
    let deadline = loop.scheduleTask(in: timeout) { promise.fail(ChannelError.connectTimeout(timeout)) }
    defer {
      deadline.cancel()
      channel.close(promise: nil)
    }
    try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: query)))
    return try await promise.futureResult.get()
  }
}

/// Takes the first answer to the question from the server that was asked.
private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let server: SocketAddress
  private let query: [UInt8]
  private let type: DNSMessage.RecordType
  private let promise: EventLoopPromise<[[UInt8]]>

  init(server: SocketAddress, query: [UInt8], type: DNSMessage.RecordType, _ promise: EventLoopPromise<[[UInt8]]>) {
    (self.server, self.query, self.type, self.promise) = (server, query, type, promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    guard envelope.remoteAddress == server else { return }
    do throws(DNSMessage.Failure) {
      promise.succeed(try DNSMessage(parsing: Array(envelope.data.readableBytesView), to: query, type).records)
    } catch {
      // What is no answer to this question is somebody else's; a code is one, and so is the beginning of an answer.
      switch error {
      case .code, .truncated: promise.fail(error)
      case .malformed: break
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}

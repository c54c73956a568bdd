import NIOCore
import NIOPosix
import NIOSSL

/// `HOST:PORT`, or `[::1]:8443`.
package struct PeerAddress: Hashable, Sendable {
  package let host: String
  package let port: Int

  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    let name = text[..<colon]
    let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
    guard !name.isEmpty, isBracketed || !name.contains(":"), !name.contains("/") else { return nil }
    host = isBracketed ? String(name.dropFirst().dropLast()) : String(name)
    self.port = port
  }
}

/// The certificates that a TLS server shows. Nothing is verified: the point is to see them.
package enum PeerChain {
  /// DER, the server's own first.
  package static func fetch(_ peer: PeerAddress) async throws(CommandFailure) -> [[UInt8]] {
    do {
      return try await connect(peer)
    } catch {
      throw CommandFailure(.noServer, "no TLS server answers at \(peer.host):\(peer.port)")
    }
  }

  private static func connect(_ peer: PeerAddress) async throws -> [[UInt8]] {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: [[UInt8]].self)
    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
    let isAddress = (try? SocketAddress(ipAddress: peer.host, port: peer.port)) != nil
    let name = isAddress ? nil : peer.host
    let connecting = ClientBootstrap(group: loop).connectTimeout(.seconds(10)).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verdict in
          promise.completeWith(Result { try chain.map { try $0.toDERBytes() } })
          verdict.succeed(NIOSSLVerificationResult.failed)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.pipeline.syncOperations.addHandler(EndOfHandshake(promise))
      }
    }.connect(host: peer.host, port: peer.port)
    connecting.whenFailure(promise.fail)
    // The handshake has a bound of its own: a server that accepts and says nothing must not hold the command.
    let deadline = loop.scheduleTask(in: .seconds(15)) { promise.fail(ChannelError.connectTimeout(.seconds(15))) }
    defer { deadline.cancel() }
    return try await promise.futureResult.get()
  }

  /// Fails the promise when the connection ends before a certificate came; later failures change nothing.
  private final class EndOfHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<[[UInt8]]>

    init(_ promise: EventLoopPromise<[[UInt8]]>) { self.promise = promise }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.fail(error)
      context.close(promise: nil)
    }
  }
}

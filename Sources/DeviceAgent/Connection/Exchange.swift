import NIOCore
import NIOSSL

/// One request and its answer at a time on one connection.
///
/// Unchecked: its state is touched on the connection's event loop alone.
final class Exchange: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer

  private var parser: HTTPResponseParser?
  private var promise: EventLoopPromise<HTTPResponse>?
  private var isCut = false

  /// Sends a request. On the event loop.
  func send(_ octets: [UInt8], longestBody: Int, on channel: any Channel, _ promise: EventLoopPromise<HTTPResponse>) {
    parser = HTTPResponseParser(longestBody: longestBody)
    self.promise = promise
    channel.writeAndFlush(ByteBuffer(bytes: octets)).whenFailure { self.finish(.failure($0)) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    do {
      if let response = try parser?.read(buffer.readableBytesView) { finish(.success(response)) }
    } catch {
      finish(.failure(error))
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(
      Result { () throws(HTTPResponseError) in
        guard var parser, !isCut else { throw .endedEarly }
        return try parser.end()
      }.mapError { $0 })
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A peer that closes without close_notify: an answer whose end is the connection's may have been cut by anybody.
    if case .uncleanShutdown? = error as? NIOSSLError, parser != nil {
      isCut = true
      return
    }
    finish(.failure(error))
    context.close(promise: nil)
  }

  func abandon(_ error: any Error) { finish(.failure(error)) }

  private func finish(_ result: Result<HTTPResponse, any Error>) {
    parser = nil
    guard let promise else { return }
    self.promise = nil
    promise.completeWith(result)
  }
}

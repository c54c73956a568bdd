import NIOCore

/// Waits for a listed proxy's header, tells what it says, and leaves the pipeline.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let client: EventLoopPromise<String?>
  private var received = ByteBuffer()

  /// - Parameter client: gets the client's address, nil where the proxy speaks for itself; fails when no header comes.
  init(client: EventLoopPromise<String?>) { self.client = client }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    received.writeBuffer(&part)
    switch ProxyHeader.parse(Array(received.readableBytesView)) {
    case .incomplete:
      return
    case .malformed:
      client.fail(ProxyHeaderMissing())
      context.close(promise: nil)
    case .header(let address, let length):
      received.moveReaderIndex(forwardBy: length)
      // Whoever waits builds the rest of the pipeline now, before the octets that follow are handed on.
      client.succeed(address)
      if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    client.fail(ProxyHeaderMissing())
    context.fireChannelInactive()
  }
}

/// A listed proxy connected without saying for whom.
struct ProxyHeaderMissing: Error, Hashable {}

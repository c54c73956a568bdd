import NIOCore

/// Closes an HTTP/2 connection a turn of the event loop later than it is told to.
///
/// While the server stops, the framework closes a connection as soon as its last stream has ended, from within the
/// write of that stream's last frame: before the frames are flushed, which would take the answer away from the client.
final class LateClose: ChannelOutboundHandler {
  typealias OutboundIn = Any
  typealias OutboundOut = Any

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.eventLoop.assumeIsolated().execute { context.close(mode: mode, promise: promise) }
  }
}

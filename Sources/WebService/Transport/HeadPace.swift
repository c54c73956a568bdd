import NIOCore

/// Cuts HTTP/1 clients whose request header comes too slowly, or grows too large before the parser sees its end.
///
/// It sits below the parser and counts octets; `HTTP1Handler`, above it, says where requests begin and end.
/// A deadline is set only for a header that does not arrive in one read, so that most requests cost no timer.
final class HeadPace: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum Phase { case idle, head, body }

  private let bounds: WebServerConfiguration.Bounds
  private let exceeded: (ChannelHandlerContext, BoundExceeded) -> Void
  private var phase = Phase.idle
  private var octets = 0
  private var deadline: Scheduled<Void>?

  /// - Parameter exceeded: answers the client and closes; called at most once.
  init(
    bounds: WebServerConfiguration.Bounds, exceeded: @escaping (ChannelHandlerContext, BoundExceeded) -> Void
  ) {
    self.bounds = bounds
    self.exceeded = exceeded
  }

  /// The bound that the parser met. It says no which; a header that is short enough has too many fields.
  var exceededByHeader: BoundExceeded {
    octets > bounds.headerBytes
      ? BoundExceeded(name: "header_bytes", limit: bounds.headerBytes)
      : BoundExceeded(name: "header_fields", limit: bounds.headerFields)
  }

  func headCompleted() {
    phase = .body
    octets = 0
    stop()
  }

  func requestCompleted() { phase = .idle }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if phase == .idle { phase = .head }
    if phase == .head { octets += unwrapInboundIn(data).readableBytes }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if phase == .head {
      // The parser bounds header fields; the request line is bounded here, with room for what it does not count.
      if octets > 2 * bounds.headerBytes {
        report(context, BoundExceeded(name: "header_bytes", limit: bounds.headerBytes))
      } else if deadline == nil {
        start(context)
      }
    }
    context.fireChannelReadComplete()
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  private func start(_ context: ChannelHandlerContext) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(bounds.headerSeconds))) {
      self.report(context, BoundExceeded(name: "header_seconds", limit: self.bounds.headerSeconds))
    }
  }

  private func report(_ context: ChannelHandlerContext, _ bound: BoundExceeded) {
    phase = .body
    stop()
    exceeded(context, bound)
  }

  private func stop() {
    deadline?.cancel()
    deadline = nil
  }
}

import NIOCore

/// Closes an HTTP/2 connection from which nothing was heard for twice the idle time.
///
/// The framework says goodbye to an idle connection first, and waits without end for the client to confirm that.
final class SilenceLimit: ChannelInboundHandler {
  typealias InboundIn = Any
  typealias InboundOut = Any

  private let limit: TimeAmount
  private let exceeded: () -> Void
  private var heard = NIODeadline.now()
  private var timer: Scheduled<Void>?

  init(bounds: WebServerConfiguration.Bounds, log: @escaping @Sendable (BoundExceeded) -> Void) {
    limit = .seconds(2 * Int64(bounds.idleSeconds))
    exceeded = { log(BoundExceeded(name: "idle_seconds", limit: bounds.idleSeconds)) }
  }

  func handlerAdded(context: ChannelHandlerContext) { start(context, in: limit) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard = .now()
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  private func start(_ context: ChannelHandlerContext, in delay: TimeAmount) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.judge(context) }
  }

  private func judge(_ context: ChannelHandlerContext) {
    let left = heard + limit - .now()
    guard left <= .nanoseconds(0) else { return start(context, in: left) }
    exceeded()
    context.close(promise: nil)
  }
}

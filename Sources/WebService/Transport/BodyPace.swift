import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Cuts a client whose body comes too slowly, or who does not read its answer. Serves HTTP/1 connections and HTTP/2
/// streams alike.
///
/// As in other servers, a body has a few seconds to begin with and earns time with each octet. What it earns ends at the
/// bound of a whole body, since octets sent at once would otherwise earn half an hour of silence.
final class BodyPace: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// What may still arrive of a body after its answer; beyond it the stream is closed.
  private static let toleratedRest = 1 << 20

  private let bounds: WebServerConfiguration.Bounds
  private let isStream: Bool
  private let log: @Sendable (BoundExceeded) -> Void
  private var readsBody = false
  private var began = NIODeadline.now()
  private var octets = 0
  private var answered = false
  private var rest = 0
  private var deadline: Scheduled<Void>?
  private var stall: Scheduled<Void>?

  /// - Parameter isStream: whether this is one stream of an HTTP/2 connection.
  init(
    bounds: WebServerConfiguration.Bounds, isStream: Bool, log: @escaping @Sendable (BoundExceeded) -> Void
  ) {
    self.bounds = bounds
    self.isStream = isStream
    self.log = log
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      (readsBody, octets, answered, rest) = (true, 0, false, 0)
    case .body(let part):
      octets += part.readableBytes
      if answered { rest += part.readableBytes }
    case .end:
      readsBody = false
      stopBody()
    }
    if rest > Self.toleratedRest {
      context.close(promise: nil)
    } else {
      context.fireChannelRead(data)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if readsBody, deadline == nil {
      began = .now()
      startBody(context, in: .seconds(Int64(bounds.bodySeconds)))
    }
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where isStream:
      // RFC 9113 §8.2.2: a message of HTTP/2 with a field of the connection is malformed.
      head.headerFields[.connection] = nil
      return context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head, .body: break
    case .end:
      answered = true
      // What a long body has earned is not for the rest that nobody reads.
      if readsBody, deadline != nil {
        stopBody()
        startBody(context, in: .seconds(Int64(bounds.bodySeconds)))
      }
    }
    context.write(data, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      stopStall()
    } else if stall == nil {
      startStall(context)
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A stop closes an HTTP/2 connection when its last stream has ended. The framework's handler above would end a
    // stream together with its answer's last part, and take the unsent answer along.
    if isStream, event is ChannelShouldQuiesceEvent { return }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    stopBody()
    stopStall()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stopBody()
    stopStall()
    context.fireChannelInactive()
  }
}

extension BodyPace {
  private func startBody(_ context: ChannelHandlerContext, in delay: TimeAmount) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.judgeBody(context) }
  }

  private func judgeBody(_ context: ChannelHandlerContext) {
    deadline = nil
    guard readsBody else { return }
    let earned = Int64(bounds.bodySeconds) + Int64(octets / max(1, bounds.bodyBytesPerSecond))
    let isImport = octets > bounds.restBodyBytes && !answered
    let allowed = isImport ? earned : min(earned, Int64(bounds.bodyTotalSeconds))
    let left = began + .seconds(allowed) - .now()
    guard left <= .nanoseconds(0) else { return startBody(context, in: left) }
    log(
      allowed < earned
        ? BoundExceeded(name: "body_total_seconds", limit: bounds.bodyTotalSeconds)
        : BoundExceeded(name: "body_seconds", limit: bounds.bodySeconds))
    context.close(promise: nil)
  }

  private func startStall(_ context: ChannelHandlerContext) {
    stall = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(bounds.idleSeconds))) {
      self.log(BoundExceeded(name: "idle_seconds", limit: self.bounds.idleSeconds))
      context.close(promise: nil)
    }
  }

  private func stopBody() {
    deadline?.cancel()
    deadline = nil
  }

  private func stopStall() {
    stall?.cancel()
    stall = nil
  }
}

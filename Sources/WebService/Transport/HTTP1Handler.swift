import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server beyond parsing: HTTP/1.0, `Connection: close`, `Expect: 100-continue`, and answers to
/// what cannot be parsed.
///
/// It sits between the parser and the framework, which sees HTTP/1.1 alone and would keep HTTP/1.0 connections open.
final class HTTP1Handler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// One request that has arrived and is not yet answered. Pipelined requests queue here.
  private struct Exchange {
    var closes: Bool
    let isOld: Bool
    var awaitsContinue: Bool
    let isHead: Bool
  }

  /// How long a client has to read the last answer and close; RFC 9112 §9.6.
  private static let linger = TimeAmount.seconds(2)

  private let pace: HeadPace
  private let bounds: WebServerConfiguration.Bounds
  private let log: @Sendable (BoundExceeded) -> Void
  private var exchanges: [Exchange] = []
  private var isEnding = false
  /// Whether what arrives belongs to a request after the last one that is answered.
  private var dropsRest = false
  private var lingering: Scheduled<Void>?

  init(
    pace: HeadPace, bounds: WebServerConfiguration.Bounds, log: @escaping @Sendable (BoundExceeded) -> Void
  ) {
    self.pace = pace
    self.bounds = bounds
    self.log = log
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      pace.headCompleted()
      dropsRest = isEnding || exchanges.last?.closes == true
      if !dropsRest { receive(head, context: context) }
    case .body:
      if !isEnding, !dropsRest { context.fireChannelRead(data) }
    case .end:
      pace.requestCompleted()
      if !isEnding, !dropsRest { context.fireChannelRead(data) }
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      context.write(wrapOutboundOut(.head(complete(head))), promise: promise)
    case .body:
      // RFC 9110 §9.3.2: octets after an answer to HEAD would be read as the next answer's beginning.
      guard exchanges.first?.isHead != true else {
        promise?.succeed()
        return
      }
      context.write(data, promise: promise)
    case .end:
      finish(context: context, data: data, promise: promise)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let failure = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    guard exchanges.isEmpty, !isEnding else {
      // The route that reads this body is told, and answers; nothing after it can be parsed.
      if !exchanges.isEmpty { exchanges[exchanges.count - 1].closes = true }
      return context.fireErrorCaught(error)
    }
    if failure == .headerOverflow {
      refuse(context: context, pace.exceededByHeader)
    } else {
      answer(context: context, .badRequest, "the request is not HTTP")
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { lingering?.cancel() }

  /// Answers a request whose header went beyond a bound, and ends the connection.
  func refuse(context: ChannelHandlerContext, _ bound: BoundExceeded) {
    log(bound)
    guard exchanges.isEmpty, !isEnding else { return context.close(promise: nil) }
    let status: HTTPResponseStatus = bound.name == "header_seconds" ? .requestTimeout : .requestHeaderFieldsTooLarge
    answer(context: context, status, bound.description)
  }
}

extension HTTP1Handler {
  private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    var head = head
    let isOld = head.version.major < 1 || head.version == .http1_0
    let closes = isOld || head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
    let expects = !isOld && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    // The framework knows one spelling.
    if closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    exchanges.append(
      Exchange(
        closes: closes, isOld: isOld, awaitsContinue: expects && isBearable(head), isHead: head.method == .HEAD))
    if exchanges.count == 1 { sendContinue(context) }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  // RFC 9110 §10.1.1: a client that is told nothing reads the final answer and does not send the body.
  private func isBearable(_ head: HTTPRequestHead) -> Bool {
    guard let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) else { return true }
    return length <= bounds.largestBody
  }

  private func sendContinue(_ context: ChannelHandlerContext) {
    guard exchanges.first?.awaitsContinue == true else { return }
    exchanges[0].awaitsContinue = false
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
  }

  /// RFC 9112 §2.3: the answer states HTTP/1.1 whatever the request's minor version; a body whose length is not known
  /// is delimited by the connection's end for an HTTP/1.0 client, which the encoder does for a 1.0 answer.
  private func complete(_ head: HTTPResponseHead) -> HTTPResponseHead {
    guard !exchanges.isEmpty else { return head }
    var head = head
    if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
      exchanges[0].closes = true
    }
    // Without a length the encoder writes chunks, and the last, empty one to HEAD too.
    if exchanges[0].isHead, !head.headers.contains(name: "content-length") { exchanges[0].closes = true }
    if exchanges[0].closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    if exchanges[0].isOld, !head.headers.contains(name: "content-length") { head.version = .http1_0 }
    return head
  }

  private func finish(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let exchange = exchanges.isEmpty ? nil : exchanges.removeFirst()
    guard exchange?.closes == true else {
      context.write(data, promise: promise)
      return sendContinue(context)
    }
    context.writeAndFlush(data, promise: promise)
    end(context)
  }

  /// RFC 9112 §9.6: closes the writing half first, since closing both with octets unread would reset the connection
  /// and could take the answer away from the client.
  private func end(_ context: ChannelHandlerContext) {
    guard !isEnding else { return }
    isEnding = true
    exchanges.removeAll()
    lingering = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { context.close(promise: nil) }
    context.close(mode: .output, promise: nil)
  }

  private func answer(context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ text: String) {
    var buffer = context.channel.allocator.buffer(capacity: text.utf8.count + 1)
    buffer.writeString(text + "\n")
    let head = HTTPResponseHead(
      version: .http1_1, status: status,
      headers: [
        "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(buffer.readableBytes),
        "Connection": "close",
      ])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    end(context)
  }
}

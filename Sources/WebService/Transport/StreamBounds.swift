import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// How many streams of one HTTP/2 connection are open. Used on the connection's event loop alone, where its streams live
/// too.
final class OpenStreams {
  fileprivate(set) var count = 0
}

/// Holds one stream of an HTTP/2 connection to the bounds that HTTP/1 has in its parser, and their number to its own.
///
/// A stream too many, or one with too large a header, is answered with the bound's name; the connection and its other
/// streams go on.
final class StreamBounds: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let bounds: WebServerConfiguration.Bounds
  private let open: OpenStreams
  private let log: @Sendable (BoundExceeded) -> Void
  private var isCounted = false
  private var isRefused = false

  init(bounds: WebServerConfiguration.Bounds, open: OpenStreams, log: @escaping @Sendable (BoundExceeded) -> Void) {
    self.bounds = bounds
    self.open = open
    self.log = log
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let request) = unwrapInboundIn(data), !isCounted {
      isCounted = true
      open.count += 1
      if let (status, bound) = exceeded(by: request) { return refuse(context, status, bound) }
    }
    // What follows of a refused request is nobody's.
    if !isRefused { context.fireChannelRead(data) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { release() }

  private func release() {
    guard isCounted else { return }
    isCounted = false
    open.count -= 1
  }

  private func exceeded(by request: HTTPRequest) -> (HTTPResponse.Status, BoundExceeded)? {
    if open.count > bounds.http2Streams {
      return (.serviceUnavailable, BoundExceeded(name: "http2_streams", limit: bounds.http2Streams))
    }
    if request.headerFields.count > bounds.headerFields {
      return (.requestHeaderFieldsTooLarge, BoundExceeded(name: "header_fields", limit: bounds.headerFields))
    }
    if Self.octets(of: request) > bounds.headerBytes {
      return (.requestHeaderFieldsTooLarge, BoundExceeded(name: "header_bytes", limit: bounds.headerBytes))
    }
    return nil
  }

  /// Names and values, as HTTP/1's parser counts them.
  private static func octets(of request: HTTPRequest) -> Int {
    request.headerFields.reduce(request.path?.utf8.count ?? 0) {
      $0 + $1.name.rawName.utf8.count + $1.value.utf8.count
    }
  }

  private func refuse(_ context: ChannelHandlerContext, _ status: HTTPResponse.Status, _ bound: BoundExceeded) {
    isRefused = true
    log(bound)
    var response = HTTPResponse(
      status: status, headerFields: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"])
    if status == .serviceUnavailable { response.headerFields[.retryAfter] = "1" }
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(string: bound.description + "\n"))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One GET, and the beginning of its answer.
final class ContentHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let path: String
  private let host: String
  private let promise: EventLoopPromise<ChallengeClient.Answer>
  private var status = 0
  private var octets: [UInt8] = []

  init(path: String, host: String, _ promise: EventLoopPromise<ChallengeClient.Answer>) {
    (self.path, self.host, self.promise) = (path, host, promise)
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: path,
      headers: ["Host": host, "User-Agent": "touchmark", "Accept": "*/*", "Connection": "close"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): status = Int(head.status.code)
    case .body(let part):
      octets += part.readableBytesView.prefix(ChallengeClient.longestBody - octets.count)
      if octets.count == ChallengeClient.longestBody { finish(context) }
    case .end: finish(context)
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    promise.succeed(ChallengeClient.Answer(status: status, octets: octets))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}

/// Ends once the handshake shows a certificate under `acme-tls/1`. No data goes over the connection (RFC 8737 §3).
final class CertificateHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let promise: EventLoopPromise<ChallengeClient.Answer>
  private let shown: NIOLoopBound<Shown>

  final class Shown {
    var certificate: [UInt8]?
  }

  static func handlers(
    _ context: NIOSSLContext, _ serverName: String, _ promise: EventLoopPromise<ChallengeClient.Answer>
  ) throws -> [any ChannelHandler] {
    let shown = NIOLoopBound(Shown(), eventLoop: promise.futureResult.eventLoop)
    let tls = try NIOSSLClientHandler(
      context: context, serverHostname: serverName,
      customVerificationCallback: { certificates, verdict in
        shown.value.certificate = certificates.first.flatMap { try? $0.toDERBytes() }
        verdict.succeed(.certificateVerified)
      })
    return [tls, CertificateHandler(shown, promise)]
  }

  private init(_ shown: NIOLoopBound<Shown>, _ promise: EventLoopPromise<ChallengeClient.Answer>) {
    (self.shown, self.promise) = (shown, promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
      if negotiated == "acme-tls/1", let certificate = shown.value.certificate {
        promise.succeed(ChallengeClient.Answer(status: 200, octets: certificate))
      } else {
        promise.fail(ChannelError.eof)
      }
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}

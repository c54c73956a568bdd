import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One HTTP/1 connection: its pipeline, and the framework's loop over its requests.
struct HTTP1Conversation: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: HTTPChannelHandler.Responder
  let bounds: WebServerConfiguration.Bounds
  let isSecure: Bool
  let log: @Sendable (BoundExceeded) -> Void

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture { try build(channel, logger: logger) }
  }

  func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }

  /// On the channel's event loop.
  func build(_ channel: any Channel, logger: Logger) throws -> Value {
    let pipeline = channel.pipeline.syncOperations
    let pace = HeadPace(bounds: bounds) { context, bound in
      guard let handler = try? context.pipeline.syncOperations.handler(type: HTTP1Handler.self),
        let above = try? context.pipeline.syncOperations.context(handler: handler)
      else { return context.close(promise: nil) }
      handler.refuse(context: above, bound)
    }
    try pipeline.addHandler(pace)
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
      withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
    try pipeline.addHandlers([
      HTTP1Handler(pace: pace, bounds: bounds, log: log),
      HTTP1ToHTTPServerCodec(secure: isSecure),
      BodyPace(bounds: bounds, isStream: false, log: log),
      HTTPConnectionStateHandler(idleTimeout: .seconds(bounds.idleSeconds), logger: logger),
    ])
    return try NIOAsyncChannel(
      wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
  }

  private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = bounds.headerBytes
    limits.maxHeaderListSize = bounds.headerBytes
    limits.maxHeaderFieldCount = bounds.headerFields
    return limits
  }
}

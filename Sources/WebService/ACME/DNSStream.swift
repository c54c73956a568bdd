import NIOCore
import NIOPosix

/// One question over TCP, each message behind its length in two octets (RFC 1035 §4.2.2).
struct DNSStream: Sendable {
  let server: SocketAddress
  let timeout: TimeAmount

  func records(_ query: [UInt8], _ type: DNSMessage.RecordType) async throws -> [[UInt8]] {
    let (timeout, loop) = (timeout, MultiThreadedEventLoopGroup.singleton.next())
    let promise = loop.makePromise(of: [[UInt8]].self)
    let deadline = loop.scheduleTask(in: timeout) { promise.fail(ChannelError.connectTimeout(timeout)) }
    defer { deadline.cancel() }
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop).connectTimeout(timeout)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(StreamAnswerHandler(query: query, type: type, promise))
          }
        }
        .connect(to: server).get()
    } catch {
      promise.fail(error)
      throw error
    }
    defer { channel.close(promise: nil) }
    return try await promise.futureResult.get()
  }
}

/// Asks as soon as it is connected, and reads one message of at most 65,535 octets.
private final class StreamAnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let query: [UInt8]
  private let type: DNSMessage.RecordType
  private let promise: EventLoopPromise<[[UInt8]]>
  private var octets: [UInt8] = []

  init(query: [UInt8], type: DNSMessage.RecordType, _ promise: EventLoopPromise<[[UInt8]]>) {
    (self.query, self.type, self.promise) = (query, type, promise)
  }

  func channelActive(context: ChannelHandlerContext) {
    var buffer = context.channel.allocator.buffer(capacity: query.count + 2)
    buffer.writeInteger(UInt16(clamping: query.count))
    buffer.writeBytes(query)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    octets += unwrapInboundIn(data).readableBytesView
    guard octets.count >= 2 else { return }
    let length = Int(octets[0]) << 8 | Int(octets[1])
    guard octets.count >= 2 + length else { return }
    do throws(DNSMessage.Failure) {
      promise.succeed(try DNSMessage(parsing: Array(octets[2..<2 + length]), to: query, type).records)
    } catch {
      promise.fail(error)
    }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}

import NIOCore
import NIOPosix

/// A name server on loopback, on one port by UDP and by TCP.
struct StubNameServer: Sendable {
  /// Data of the records that it has, by their type.
  typealias Zone = [UInt16: [[UInt8]]]

  let port: Int
  private let channels: [any Channel]

  /// - Parameter truncates: whether a datagram holds nothing but the sign that there is more.
  static func start(_ zone: Zone, truncates: Bool = false) async throws -> StubNameServer {
    let group = MultiThreadedEventLoopGroup.singleton
    let stream = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(StreamAnswers(zone: zone))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = stream.localAddress?.port ?? 0
    let datagrams = try await DatagramBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramAnswers(zone: zone, truncates: truncates))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return StubNameServer(port: port, channels: [stream, datagrams])
  }

  func stop() async throws { for channel in channels { try await channel.close() } }

  /// RFC 1035 §4: the question again, and the records of its type.
  static func answer(_ query: [UInt8], _ zone: Zone, truncated: Bool) -> [UInt8] {
    guard query.count > 16 else { return [] }
    let type = UInt16(query[query.count - 4]) << 8 | UInt16(query[query.count - 3])
    let records = truncated ? [] : zone[type] ?? []
    var message = query
    (message[2], message[3]) = (truncated ? 0x83 : 0x81, 0x80)
    message[7] = UInt8(records.count)
    for data in records {
      message += [0xC0, 0x0C, UInt8(type >> 8), UInt8(type & 0xFF), 0, 1, 0, 0, 0, 60]
      message += [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    }
    return message
  }
}

private final class DatagramAnswers: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>
  private let zone: StubNameServer.Zone
  private let truncates: Bool

  init(zone: StubNameServer.Zone, truncates: Bool) { (self.zone, self.truncates) = (zone, truncates) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let asked = unwrapInboundIn(data)
    let answer = StubNameServer.answer(Array(asked.data.readableBytesView), zone, truncated: truncates)
    context.writeAndFlush(
      wrapOutboundOut(AddressedEnvelope(remoteAddress: asked.remoteAddress, data: ByteBuffer(bytes: answer))),
      promise: nil)
  }
}

/// The answer in two pieces, as a network may deliver it.
private final class StreamAnswers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let zone: StubNameServer.Zone
  private var octets: [UInt8] = []

  init(zone: StubNameServer.Zone) { self.zone = zone }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    octets += unwrapInboundIn(data).readableBytesView
    guard octets.count >= 2, octets.count == 2 + Int(octets[0]) << 8 + Int(octets[1]) else { return }
    let answer = StubNameServer.answer(Array(octets.dropFirst(2)), zone, truncated: false)
    let framed = [UInt8(answer.count >> 8), UInt8(answer.count & 0xFF)] + answer
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: framed.prefix(9))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: framed.dropFirst(9))), promise: nil)
  }
}

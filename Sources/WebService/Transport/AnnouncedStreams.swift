import NIOCore

/// Says in the server's first SETTINGS frame how many streams a client may open (RFC 9113 §6.5.2), so that a client which
/// keeps to it never meets the bound.
///
/// The framework announces a fixed number and leaves no way to say another. What is written here is only the number on
/// the wire; `StreamBounds` holds clients to it.
final class AnnouncedStreams: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let header = 9
  private static let settings: UInt8 = 4
  private static let maxConcurrentStreams: UInt16 = 3

  private let limit: UInt32
  private var isFirst = true

  init(limit: Int) { self.limit = UInt32(clamping: limit) }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard isFirst else { return context.write(data, promise: promise) }
    isFirst = false
    var buffer = unwrapOutboundIn(data)
    announce(in: &buffer)
    context.write(wrapOutboundOut(buffer), promise: promise)
  }

  /// Parameters of six octets each: an identifier and a value. What is no SETTINGS frame stays as it is.
  private func announce(in buffer: inout ByteBuffer) {
    let start = buffer.readerIndex
    guard let high = buffer.getInteger(at: start, as: UInt8.self),
      let low = buffer.getInteger(at: start + 1, as: UInt16.self),
      buffer.getInteger(at: start + 3, as: UInt8.self) == Self.settings
    else { return }
    let length = Int(high) << 16 | Int(low)
    for place in stride(from: start + Self.header, to: start + Self.header + length, by: 6)
    where buffer.getInteger(at: place, as: UInt16.self) == Self.maxConcurrentStreams && place + 6 <= buffer.writerIndex
    {
      buffer.setInteger(limit, at: place + 2)
    }
  }
}

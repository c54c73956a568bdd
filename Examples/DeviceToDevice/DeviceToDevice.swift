import Credentials
import DeviceAgent
import DeviceClient
import NIOCore
import NIOPosix
import WireFormats

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Two devices that speak over TLS 1.3 with nobody online. Each has a folder of `touchmark-agent`'s.
///
///     touchmark-example-peers listen  FOLDER PORT
///     touchmark-example-peers connect FOLDER HOST PORT MESSAGE
///
/// Each says whom it found at the other end; the one that listens sends back what it was told, and ends.
@main
enum DeviceToDevice {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    switch (words.first, words.count) {
    case ("listen", 3): try listen(AgentFolder(words[2]), port: Int(words[3]) ?? 0)
    case ("connect", 5): try connect(AgentFolder(words[2]), host: words[3], port: Int(words[4]) ?? 0, say: words[5])
    default:
      say("listen FOLDER PORT, or connect FOLDER HOST PORT MESSAGE")
      exit(2)
    }
  }

  /// A gateway: serverAuth and clientAuth are in its profile. It takes any device that may be a client.
  private static func listen(_ folder: AgentFolder, port: Int) throws {
    let loops = EventLoops()
    let tls = try PeerTLS(folder, requirements: .init(purpose: ExtendedKeyUsage.clientAuth), loops: loops)
    let done = Done()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([try tls.server(announce), Lines(done, saying: nil)])
        }
      }
      .bind(host: "127.0.0.1", port: port).wait()
    say("listening on \(channel.localAddress?.port ?? 0)")
    exit(done.wait())
  }

  private static func connect(_ folder: AgentFolder, host: String, port: Int, say message: String) throws {
    let loops = EventLoops()
    let tls = try PeerTLS(folder, requirements: .init(purpose: ExtendedKeyUsage.serverAuth), loops: loops)
    let done = Done()
    _ = try ClientBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([try tls.client(announce), Lines(done, saying: message)])
        }
      }
      .connect(host: host, port: port).wait()
    exit(done.wait())
  }

  @Sendable private static func announce(_ outcome: PeerTLS.Outcome) {
    switch outcome {
    case .success(let peer): say("peer \(peer.name ?? "without a name"), \(standing(peer))")
    case .failure(let refusal): say("refused: \(refusal)")
    }
  }

  private static func standing(_ peer: Peer) -> String {
    peer.standing.map { "good as of \($0.asOf) (\($0.source.rawValue))" } ?? "of whose standing nothing is stored"
  }

  static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}

/// Sends a line, or sends back the first one that comes, and ends.
private final class Lines: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let done: Done
  private let message: String?

  init(_ done: Done, saying message: String?) { (self.done, self.message) = (done, message) }

  func channelActive(context: ChannelHandlerContext) {
    // TLS holds it back until the other end was judged.
    if let message { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: message + "\n")), promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let heard = unwrapInboundIn(data)
    DeviceToDevice.say("heard \(String(buffer: heard).prefix { $0 != "\n" })")
    guard message == nil else { return done.end(0) }
    let (done, channel) = (done, context.channel)
    channel.writeAndFlush(heard).whenComplete { _ in channel.close().whenComplete { _ in done.end(0) } }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
    done.end(1)
  }

  func channelInactive(context: ChannelHandlerContext) { done.end(1) }
}

/// The exit code, from the event loop to the program; the first one counts.
private final class Done: Sendable {
  private let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Int32.self)

  func end(_ code: Int32) { promise.succeed(code) }
  func wait() -> Int32 { (try? promise.futureResult.wait()) ?? 1 }
}

import Credentials
import DeviceClient
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import WireFormats

/// A connection to one server, with or without TLS, that carries requests one after the other. It blocks its caller, which
/// is a program with nothing else to do.
public final class Connection {
  /// How long a connection may take to be made, and an answer to come.
  static let patience = TimeAmount.seconds(30)

  /// Who may be at the other end, and what is shown there.
  struct Security {
    /// Decides about the chain that the server showed; nil for a connection without TLS.
    let judge: (@Sendable ([Certificate]) -> Bool)?
    let identity: DeviceMemory.Identity?
  }

  private let channel: any Channel
  private let exchange: Exchange
  private let host: String
  private(set) var isUsable = true

  init(to address: ServerAddress, security: Security, loops: EventLoops) throws(AgentFailure) {
    let exchange = Exchange()
    (self.exchange, host) = (exchange, address.authority)
    let verdict = Verdict()
    do {
      let context = try security.judge.map { _ in try TLSContext.make(identity: security.identity, loops: loops) }
      let name = address.isIPAddress ? nil : address.host
      let bootstrap = ClientBootstrap(group: loops.group).connectTimeout(Self.patience)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if let context, let judge = security.judge {
              try channel.pipeline.syncOperations.addHandler(
                TLSContext.handler(context, name: name) { chain in verdict.note(judge(chain)) })
            }
            try channel.pipeline.syncOperations.addHandler(exchange)
          }
        }
      channel = try bootstrap.connect(host: address.host, port: address.port).wait()
    } catch {
      throw AgentFailure(
        .noServer, "no server answers at \(address.text): \(Self.words(error))",
        hint: "the request is kept, and asked again with the same key")
    }
    self.verdict = verdict
    self.address = address
  }

  private let verdict: Verdict
  private let address: ServerAddress

  deinit { close() }

  func close() {
    isUsable = false
    channel.close(mode: .all, promise: nil)
  }

  /// - Parameter longestBody: Octets; an answer with more is an error.
  func send(_ request: HTTPRequest, longestBody: Int) throws(AgentFailure) -> HTTPResponse {
    let octets = request.octets(host: host)
    let (channel, exchange) = (channel, exchange)
    let promise = channel.eventLoop.makePromise(of: HTTPResponse.self)
    let timer = channel.eventLoop.scheduleTask(in: Self.patience) {
      exchange.abandon(ChannelError.connectTimeout(Self.patience))
    }
    channel.eventLoop.execute { exchange.send(octets, longestBody: longestBody, on: channel, promise) }
    defer { timer.cancel() }
    do {
      let response = try promise.futureResult.wait()
      isUsable = isUsable && response.keepsAlive
      return response
    } catch {
      close()
      guard verdict.isTrusted else { throw Self.distrust(address) }
      throw AgentFailure(.noServer, "no answer from \(address.text): \(Self.words(error))")
    }
  }

  private static func distrust(_ address: ServerAddress) -> AgentFailure {
    AgentFailure(
      .noServer, "the server at \(address.text) showed no certificate that the roots held here vouch for",
      hint: "ask `touchmark doctor` on the server; an address that the server's certificate does not bear counts as "
        + "another server")
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as HTTPResponseError: "\(error)"
    case ChannelError.connectTimeout: "it took longer than \(patience.nanoseconds / 1_000_000_000) s"
    default: "\(error)"
    }
  }
}

/// What was decided about the server, told from the event loop to whoever waits.
final class Verdict: Sendable {
  private let trusted = NIOLockedValueBox(true)

  var isTrusted: Bool { trusted.withLockedValue { $0 } }

  func note(_ isTrusted: Bool) -> Bool {
    trusted.withLockedValue { $0 = isTrusted }
    return isTrusted
  }
}

/// One event loop for connections, and one thread for keys whose signatures may block.
public final class EventLoops: Sendable {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let keys = NIOThreadPool(numberOfThreads: 1)

  public init() { keys.start() }
}

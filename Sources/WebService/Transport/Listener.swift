import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Takes a connection from `accept` to its HTTP conversation: admission, a proxy's header, TLS, the choice of protocol.
struct Listener: ServerChildChannel {
  /// A connection whose protocol is settled.
  enum Established {
    case http1(HTTP1Conversation, HTTP1Conversation.Value)
    case http2(HTTP2Channel, HTTP2Channel.Value)
  }

  struct Value: ServerChildChannelValue {
    let established: EventLoopFuture<Established>
    let channel: any Channel
  }

  /// Nil on the plain port.
  let identity: TLSIdentity?
  let shared: Shared

  /// What both listeners have in common.
  final class Shared: Sendable {
    let configuration: WebServerConfiguration
    let ledger: ConnectionLedger
    let boundLog: BoundLog
    let chains = PeerChains()
    let requests: RequestHandling
    private let connections = Atomic<UInt64>(0)

    init(configuration: WebServerConfiguration, requests: RequestHandling, boundLog: BoundLog) {
      self.configuration = configuration
      self.requests = requests
      self.boundLog = boundLog
      ledger = ConnectionLedger(bounds: configuration.bounds)
    }

    func nextConnection() -> UInt64 { connections.wrappingAdd(1, ordering: .relaxed).newValue }
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let established = begin(channel, logger: logger)
      limitHandshake(of: channel, until: established)
      established.whenFailure { error in
        logger.debug("connection ended before its first request", metadata: ["error": "\(error)"])
        // A refused connection is not registered yet: it is closed once it is.
        channel.eventLoop.execute { channel.close(promise: nil) }
      }
      return Value(established: established, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
      guard let established = try? await value.established.get() else { return }
      switch established {
      case .http1(let conversation, let channel): await conversation.handle(value: channel, logger: logger)
      case .http2(let http2, let channel): await http2.handle(value: channel, logger: logger)
      }
    }
  }
}

extension Listener {
  private func begin(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Established> {
    do {
      return try establish(channel, logger: logger)
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  /// On the channel's event loop, before the first octet is read.
  private func establish(_ channel: any Channel, logger: Logger) throws -> EventLoopFuture<Established> {
    let socketAddress = channel.remoteAddress?.ipAddress ?? "unknown"
    guard shared.configuration.trustedProxies.contains(socketAddress) else {
      return try converse(channel, address: socketAddress, logger: logger)
    }
    let client = channel.eventLoop.makePromise(of: String?.self)
    try channel.pipeline.syncOperations.addHandler(ProxyHeaderHandler(client: client))
    // Runs within the read that completed the header, before what follows the header is handed on.
    return client.futureResult.flatMap { address in
      do {
        return try converse(channel, address: address ?? socketAddress, logger: logger)
      } catch {
        return channel.eventLoop.makeFailedFuture(error)
      }
    }
  }

  private func converse(
    _ channel: any Channel, address: String, logger: Logger
  ) throws -> EventLoopFuture<Established> {
    try admit(channel, address: address)
    guard let identity else {
      let established = try http1(channel, connection: connection(address: address, peer: nil), logger: logger)
      return channel.eventLoop.makeSucceededFuture(established)
    }
    return try secure(channel, identity: identity, address: address, logger: logger)
  }

  private func admit(_ channel: any Channel, address: String) throws {
    if let bound = shared.ledger.admit(address) {
      shared.boundLog.note(bound, address: address)
      throw bound
    }
    channel.closeFuture.whenComplete { _ in shared.ledger.release(address) }
  }

  private func limitHandshake(of channel: any Channel, until established: EventLoopFuture<Established>) {
    let seconds = shared.configuration.bounds.handshakeSeconds
    let timeout = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      shared.boundLog.note(
        BoundExceeded(name: "handshake_seconds", limit: seconds), address: channel.remoteAddress?.ipAddress ?? "unknown"
      )
      channel.close(promise: nil)
    }
    established.whenComplete { _ in timeout.cancel() }
  }

  private func connection(address: String, peer: WebConnection.Peer?) -> WebConnection {
    WebConnection(identifier: shared.nextConnection(), isSecure: identity != nil, address: address, peer: peer)
  }
}

extension Listener {
  private func secure(
    _ channel: any Channel, identity: TLSIdentity, address: String, logger: Logger
  ) throws -> EventLoopFuture<Established> {
    let presented = PresentedCertificates()
    // Any chain passes: the handshake proves the key, and whether the certificate counts, even an expired one that asks
    // for its renewal, is for the route's policy to decide at each request.
    let tls = NIOSSLServerHandler(
      context: identity.context,
      customVerificationCallback: { certificates, promise in
        presented.set(certificates)
        promise.succeed(.certificateVerified)
      }, configuration: .init())
    let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Established> { result, channel in
      negotiated(result, channel, presented: presented, address: address, logger: logger)
    }
    try channel.pipeline.syncOperations.addHandlers([tls, negotiation])
    return negotiation.protocolNegotiationResult
  }

  private func negotiated(
    _ result: ALPNResult, _ channel: any Channel, presented: PresentedCertificates, address: String, logger: Logger
  ) -> EventLoopFuture<Established> {
    let connection = connection(address: address, peer: peer(of: channel, presented: presented))
    switch result {
    case .negotiated("h2"):
      return http2(channel, connection: connection, logger: logger)
    case .negotiated, .fallback:
      return channel.eventLoop.makeCompletedFuture { try http1(channel, connection: connection, logger: logger) }
    }
  }

  private func peer(of channel: any Channel, presented: PresentedCertificates) -> WebConnection.Peer? {
    guard let leaf = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(), let der = try? leaf.toDERBytes()
    else { return nil }
    let sent = presented.taken()
    guard !sent.isEmpty else { return WebConnection.Peer(certificate: der, chain: shared.chains.chain(of: der)) }
    let chain = sent.dropFirst().compactMap { try? $0.toDERBytes() }
    shared.chains.remember(chain, of: der)
    return WebConnection.Peer(certificate: der, chain: chain)
  }

  private func http1(_ channel: any Channel, connection: WebConnection, logger: Logger) throws -> Established {
    let conversation = HTTP1Conversation(
      responder: shared.requests.responder(for: connection), bounds: shared.configuration.bounds,
      isSecure: identity != nil, log: log(connection))
    return .http1(conversation, try conversation.build(channel, logger: logger))
  }

  private func http2(
    _ channel: any Channel, connection: WebConnection, logger: Logger
  ) -> EventLoopFuture<Established> {
    let bounds = shared.configuration.bounds
    let log = log(connection)
    let open = NIOLoopBound(OpenStreams(), eventLoop: channel.eventLoop)
    let http2 = HTTP2Channel(
      responder: shared.requests.responder(for: connection),
      configuration: .init(
        idleTimeout: .seconds(bounds.idleSeconds), gracefulCloseTimeout: .seconds(bounds.idleSeconds),
        streamConfiguration: .init(additionalChannelHandlers: [
          BodyPace(bounds: bounds, isStream: true, log: log),
          StreamBounds(bounds: bounds, open: open.value, log: log),
        ])))
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandlers([
        SilenceLimit(bounds: bounds, log: log), AnnouncedStreams(limit: bounds.http2Streams), LateClose(),
      ])
    }
    .flatMap { http2.setup(channel: channel, logger: logger) }
    .map { .http2(http2, $0) }
  }

  private func log(_ connection: WebConnection) -> @Sendable (BoundExceeded) -> Void {
    { [boundLog = shared.boundLog] in boundLog.note($0, address: connection.address) }
  }
}

/// What a client sent in its Certificate message, kept from the verification callback to the handshake's end.
private final class PresentedCertificates: Sendable {
  private let certificates = Mutex<[NIOSSLCertificate]>([])

  func set(_ presented: [NIOSSLCertificate]) { certificates.withLock { $0 = presented } }
  func taken() -> [NIOSSLCertificate] { certificates.withLock { $0 } }
}

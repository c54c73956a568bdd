import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Both listeners, as one service: it runs until a graceful shutdown has drained them.
///
/// A drain stops accepting, closes idle connections and lets the requests under way finish.
public struct WebServer: Service {
  /// Nil when the installation can serve, otherwise one line that says why not.
  public typealias Readiness = @Sendable () async -> String?

  /// Where the listeners are bound, with the ports that were chosen.
  public struct Addresses: Hashable, Sendable {
    public let https: WebServerConfiguration.Endpoint
    public let http: WebServerConfiguration.Endpoint
  }

  private let configuration: WebServerConfiguration
  private let secure: Listener
  private let plain: Listener
  private let onListening: @Sendable (Addresses) async -> Void
  private let logger: Logger

  /// - Parameters:
  ///   - secure: what the HTTPS port offers beside health.
  ///   - plain: what the plain port offers beside health: only what is signed already.
  ///   - onListening: called once, when both ports are bound.
  public init(
    configuration: WebServerConfiguration, identity: TLSIdentity, secure: [any WebRoutes], plain: [any WebRoutes],
    readiness: @escaping Readiness, logger: Logger,
    onListening: @escaping @Sendable (Addresses) async -> Void = { _ in }
  ) {
    let health = HealthRoutes(readiness: readiness)
    let boundLog = BoundLog(logger: logger)
    let requests = RequestHandling(
      routes: .init(secure: Self.responder([health] + secure), plain: Self.responder([health] + plain)),
      rate: RequestRate(perSecond: configuration.bounds.requestsPerSecondPerAddress), boundLog: boundLog,
      logger: logger)
    let shared = Listener.Shared(configuration: configuration, requests: requests, boundLog: boundLog)
    self.configuration = configuration
    self.secure = Listener(identity: identity, shared: shared)
    self.plain = Listener(identity: nil, shared: shared)
    self.onListening = onListening
    self.logger = logger
  }

  /// Open connections on both ports.
  public var openConnections: Int { secure.shared.ledger.open }

  /// Throws when an address cannot be bound.
  public func run() async throws {
    let bound = BoundAddresses(announce: onListening)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await serve(secure, at: configuration.https) { await bound.set(https: $0) }
      }
      group.addTask {
        try await serve(plain, at: configuration.http) { await bound.set(http: $0) }
      }
      // The first that ends by an error ends both: half a server would look like a whole one.
      while try await group.next() != nil {}
    }
  }

  private func serve(
    _ listener: Listener, at endpoint: WebServerConfiguration.Endpoint,
    onRunning: @escaping @Sendable (WebServerConfiguration.Endpoint) async -> Void
  ) async throws {
    do {
      try await server(listener, at: endpoint, onRunning: onRunning).run()
    } catch let error as IOError {
      throw ListenFailure(endpoint: endpoint, code: error.errnoCode)
    }
  }

  private func server(
    _ listener: Listener, at endpoint: WebServerConfiguration.Endpoint,
    onRunning: @escaping @Sendable (WebServerConfiguration.Endpoint) async -> Void
  ) -> Server<Listener> {
    Server(
      childChannelSetup: listener,
      configuration: ServerConfiguration(address: .hostname(endpoint.host, port: endpoint.port), backlog: 1024),
      onServerRunning: { channel in
        await onRunning(.init(host: endpoint.host, port: channel.localAddress?.port ?? endpoint.port))
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quietLogger)
  }

  /// The framework's own start and stop lines are not for this program's log.
  private var quietLogger: Logger {
    var logger = logger
    logger.logLevel = max(.warning, logger.logLevel)
    return logger
  }

  private static func responder(_ sets: [any WebRoutes]) -> RouterResponder<WebRequestContext> {
    let router = Router(context: WebRequestContext.self, options: .autoGenerateHeadEndpoints)
    for routes in sets { routes.register(on: router) }
    return router.buildResponder()
  }
}

/// An address that cannot be listened on.
public struct ListenFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public let endpoint: WebServerConfiguration.Endpoint
  /// The system's error number.
  public let code: Int32

  public var description: String {
    "\(endpoint.host):\(endpoint.port) cannot be listened on: \(String(cString: strerror(code)))"
  }
}

/// Waits for both listeners.
private actor BoundAddresses {
  private let announce: @Sendable (WebServer.Addresses) async -> Void
  private var https: WebServerConfiguration.Endpoint?
  private var http: WebServerConfiguration.Endpoint?

  init(announce: @escaping @Sendable (WebServer.Addresses) async -> Void) { self.announce = announce }

  func set(https endpoint: WebServerConfiguration.Endpoint) async {
    https = endpoint
    await tell()
  }

  func set(http endpoint: WebServerConfiguration.Endpoint) async {
    http = endpoint
    await tell()
  }

  private func tell() async {
    guard let https, let http else { return }
    await announce(WebServer.Addresses(https: https, http: http))
  }
}

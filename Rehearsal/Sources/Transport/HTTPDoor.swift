import Enrollment
import Issuance
import KeyCustody
import Logging
import ServiceLifecycle
import WebService
import WireFormats

/// The real web server in this process, on free ports, with the rehearsal's clock.
final class HTTPDoor {
  let port: Int
  let plainPort: Int
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  private init(_ addresses: WebServer.Addresses, group: ServiceGroup, running: Task<Void, any Error>) {
    (port, plainPort) = (addresses.https.port, addresses.http.port)
    self.group = group
    self.running = running
  }

  static func open(_ world: World) async throws -> HTTPDoor {
    let local = WebServerConfiguration.Endpoint(host: "127.0.0.1", port: 0)
    let configuration = WebServerConfiguration(https: local, http: local)
    var quiet = Logger(label: "rehearsal")
    quiet.logLevel = .critical
    let est = ESTRoutes(
      service: world.serving.est,
      door: DeviceDoor(
        .est, bound: configuration.bounds.est, throttle: WrongSecretThrottle(), clock: world.clock.now, logger: quiet))
    let (bound, announce) = AsyncStream.makeStream(of: WebServer.Addresses.self)
    let server = WebServer(
      configuration: configuration, identity: try identity(world.presence), secure: [est],
      plain: plain(world.serving, configuration, quiet),
      readiness: { nil }, logger: quiet, onListening: { announce.yield($0) })
    let group = ServiceGroup(configuration: .init(services: [server], logger: quiet))
    let running = Task { try await group.run() }
    for await addresses in bound { return HTTPDoor(addresses, group: group, running: running) }
    try await running.value
    throw Refusal(.unavailable, "the web server did not listen")
  }

  /// What `serve` has on its plain port, for whoever meets a device.
  private static func plain(
    _ serving: Serving, _ configuration: WebServerConfiguration, _ logger: Logger
  ) -> [any WebRoutes] {
    [
      StatusRoutes(
        service: serving.status, bound: configuration.bounds.ocsp, logger: logger),
      TrustBundleRoutes(store: serving.store, organization: serving.organization),
    ]
  }

  func close() async throws {
    await group.triggerGracefulShutdown()
    try await running.value
  }

  private static func identity(_ presence: ServerPresence) throws -> TLSIdentity {
    guard let secret = presence.key.pkcs8 else { throw Refusal(.unavailable, "the server's key is away") }
    return try secret.withBytes { octets in
      try TLSIdentity(certificateChain: presence.chain.map(\.encoded), privateKey: Array(octets))
    }
  }
}

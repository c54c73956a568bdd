import Enrollment
import Foundation
import Issuance
import KeyCustody
import Logging
import Registry
import ServiceLifecycle
import Watching
import WebService

/// `touchmark serve`: opens an installation, listens, and drains on SIGTERM or Ctrl-C.
struct ServingProcess {
  let folder: InstallationFolder
  let listen: ListenOptions
  var watching = WatchOptions()
  let readyFile: String?
  /// Called once everything listens: the demonstration's fleet.
  var onServing: @Sendable (ServingAddresses) async -> Void = { _ in }

  func run() async throws {
    guard folder.isFounded else {
      throw CommandFailure(
        .notFound, "there is no installation in \(folder.path)",
        hint: "make one: touchmark init --data \(folder.path) --organization NAME")
    }
    try checkReadyFile()
    let lock = try FolderLock(folder.path)
    defer { lock.release() }
    ProcessMemory.bound()
    let logger = Logger(label: "touchmark")
    let outside = try await OutsideRooms.open(folder, keys: try await openKeys(), options: watching, logger: logger)
    let tokens = try await TokenRooms.open(outside.configuration, sealed: outside.keys)
    defer { tokens.stop() }
    try await tokens.awaitAll()
    let services = try await InstallationServices.open(folder, outside: outside, tokens: tokens, logger: logger)
    sayWhatHolds(services.configuration)
    let identity = try await ServerIdentity(
      roster: services.roster, hosts: services.configuration.hosts, store: services.store, logger: logger)
    // After the identity: whoever reads the new root meets a server that shows a way to it.
    try await TrustFiles(folder: folder, logger: logger).follow(services.roster, keys: services.keys)
    let watch = try WatchRooms(services, outside: outside, logger: logger)
    let acme = try await ACMERooms.open(services, logger: logger)
    let server = try await webServer(services, watch, acme, identity: identity, logger: logger)
    watch.connections.set { server.openConnections }
    // A script that waits for the ready file must not find an old one.
    removeAddresses()
    defer { removeAddresses() }
    do {
      try await group(server, services, watch, acme, identity, logger: logger).run()
    } catch let failure as ListenFailure {
      await services.store.close()
      throw CommandFailure(
        .refused, "\(failure)", hint: "stop what has it, or choose others with --listen-https and --listen-http")
    }
    await services.store.close()
    StandardError.say("stopped; nothing that was answered is lost")
  }

  /// Whoever waits for the file would otherwise wait forever.
  private func checkReadyFile() throws(CommandFailure) {
    guard let readyFile else { return }
    let parent = (readyFile as NSString).deletingLastPathComponent
    guard FileManager.default.isWritableFile(atPath: parent.isEmpty ? "." : parent) else {
      throw CommandFailure(
        .notFound, "\(readyFile) cannot be written", hint: "name a file in a folder that exists and can be written")
    }
  }

  private func removeAddresses() {
    for path in [folder.addresses, readyFile].compactMap({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
  }

  private func openKeys() async throws -> SealedKeyStore {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    let source = try SecretSource.forOpening(
      .online, store: folder.onlineKeys, directory: folder.path, environment: ProcessInfo.processInfo.environment,
      isTerminal: SecretSource.hasTerminal)
    StandardError.say(source.explanation)
    return try await SealedKeyStore.opened(
      directory: folder.onlineKeys, organization: configuration.organizationID,
      secret: try await source.obtained(creating: false))
  }

  private func sayWhatHolds(_ configuration: InstallationConfiguration) {
    if configuration.isDemonstration {
      StandardError.say(
        "this is a demonstration: certificates name \(configuration.publicHTTP ?? configuration.listenHTTP), which nobody "
          + "else reaches")
      StandardError.hint("an installation for devices is made with touchmark init --public-http http://NAME")
    }
    if configuration.lab { StandardError.say("the lab profile is open: it takes what is asked; it is not for devices") }
  }

  private func webServer(
    _ services: InstallationServices, _ watch: WatchRooms, _ acme: ACMERooms, identity: ServerIdentity, logger: Logger
  ) async throws -> WebServer {
    let configuration = try services.configuration.webServer(listen)
    let address = DeviceAddress(hosts: services.configuration.hosts)
    let routes = ServingRoutes(
      services: services, watch: watch, acme: acme, bounds: configuration.bounds, identity: identity,
      url: { address.url }, logger: logger)
    let folder = folder
    let readyFile = readyFile
    let onServing = onServing
    let readiness = Readiness(store: services.store, organization: services.organization, clock: systemClock)
    let tokens = services.tokens
    return WebServer(
      configuration: configuration, identity: identity.tls, secure: routes.secure, plain: routes.plain,
      readiness: {
        if let obstacle = await readiness.obstacle() { return obstacle }
        return tokens.obstacle
      },
      logger: logger,
      onListening: { bound in
        let addresses = ServingAddresses(
          https: ListenAddress.url("https", bound.https), http: ListenAddress.url("http", bound.http),
          root: folder.rootCertificate)
        address.set(own: addresses.https)
        Self.announce(addresses, folder: folder, readyFile: readyFile)
        await onServing(addresses)
      })
  }

  private static func announce(_ addresses: ServingAddresses, folder: InstallationFolder, readyFile: String?) {
    for path in [folder.addresses, readyFile].compactMap({ $0 }) {
      do {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(addresses).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        StandardError.say("\(path) cannot be written: \(error.localizedDescription)")
      }
    }
    StandardError.say("EST, ACME and administration on \(addresses.https)")
    StandardError.say("CRL, OCSP and CA certificates on \(addresses.http)")
  }

  /// Services stop in the order from the last to the first: who waits for events is answered at once, then the listeners
  /// drain while all that they need still runs.
  private func group(
    _ server: WebServer, _ services: InstallationServices, _ watch: WatchRooms, _ acme: ACMERooms,
    _ identity: ServerIdentity,
    logger: Logger
  ) -> ServiceGroup {
    let report: @Sendable (String) -> Void = { logger.error("audit", metadata: ["what": "\($0)"]) }
    let status = services.status
    let checkpoints = services.checkpoints
    let acts = BulkActRunner(store: services.store, organization: services.organization, clock: systemClock)
    let sweep = ExpirySweep(store: services.store, organization: services.organization, clock: systemClock)
    var quiet = logger
    quiet.logLevel = .warning
    return ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: Repeating { await watch.run() }),
          .init(service: Repeating { await checkpoints.run(report: report) }),
          .init(service: Repeating { await status.run() }),
          .init(service: Repeating { await acme.runner.run() }),
          .init(service: Repeating { await acts.run(report: { logger.error("acts", metadata: ["what": "\($0)"]) }) }),
          .init(service: Repeating { await sweep.run(report: { logger.error("sweep", metadata: ["what": "\($0)"]) }) }),
          .init(service: Repeating { await identity.run() }),
          .init(service: Repeating { await ProcessMemory.trimming() }),
          .init(service: server),
          .init(service: AtStop { watch.events.close() }),
        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
  }
}

/// Work that goes on until the process stops, as a service.
private struct Repeating: Service {
  let body: @Sendable () async -> Void

  func run() async throws { await cancelWhenGracefulShutdown(body) }
}

/// Something to do when a stop begins, before anything else drains.
private struct AtStop: Service {
  let body: @Sendable () -> Void

  func run() async throws {
    try? await gracefulShutdown()
    body()
  }
}

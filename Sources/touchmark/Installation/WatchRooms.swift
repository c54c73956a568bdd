import Issuance
import Logging
import Registry
import Status
import Synchronization
import Watching
import WebService

/// What watches a serving process, wired: figures, clients that wait for events, conditions and whom they are told.
struct WatchRooms: Sendable {
  let measures: Measures
  let events: EventHub
  let gauges: Gauges
  let connections = LateFigure()
  let notifications: Notifier
  private let watcher: Watcher
  private let checkpoints: CheckpointDelivery?
  private let client: OutgoingClient
  private let report: @Sendable (String) -> Void

  init(_ services: InstallationServices, outside: OutsideRooms, logger: Logger) throws {
    let (store, organization) = (services.store, services.roster.current.organization)
    let hub = EventHub(store: store, organization: organization.id)
    let (board, health, connections) = (WatchBoard(), SinkHealth(), connections)
    let targets = try outside.configuration.notificationTargets
    let report: @Sendable (String) -> Void = { logger.warning("watching", metadata: ["what": "\($0)"]) }
    (measures, events, client, self.report) = (outside.measures, hub, outside.client, report)
    gauges = Gauges(
      store: store, organization: organization.id, database: services.folder.database, version: ProgramVersion.text,
      clock: systemClock,
      live: .init(
        queuedWrites: { store.waitingWrites }, connections: { connections.value }, eventWaiters: { hub.waiters },
        board: board, tokens: { [tokens = services.tokens] in tokens.health }))
    notifications = Notifier(
      targets: targets, store: store, organization: organization, client: client, signer: outside.signer,
      measures: measures, clock: systemClock, report: report)
    watcher = Watcher(
      store: store, organization: organization, database: services.folder.database, targets: targets,
      thresholds: try outside.configuration.thresholds, crlInterval: CRLSchedule().interval, board: board,
      sink: outside.sink.map { _ in health }, clock: systemClock, report: report)
    checkpoints = outside.sink.map {
      CheckpointDelivery(
        sink: $0, store: store, organization: organization.id, client: outside.client, signer: outside.signer,
        health: health, measures: outside.measures, clock: systemClock)
    }
  }

  /// Until cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await watcher.run() }
      group.addTask { await notifications.run() }
      if let checkpoints { group.addTask { await checkpoints.run(report: report) } }
    }
    await client.shutDown()
  }

  func metrics(_ access: MetricsRoutes.Access, logger: Logger) -> MetricsRoutes {
    MetricsRoutes(access: access, measures: measures, gauges: gauges, logger: logger)
  }
}

/// A figure whose source is made later than what shows it.
final class LateFigure: Sendable {
  private let source = Mutex<(@Sendable () -> Int)?>(nil)

  func set(_ source: @escaping @Sendable () -> Int) { self.source.withLock { $0 = source } }
  /// 0 until there is a source.
  var value: Int { source.withLock { $0 }?() ?? 0 }
}

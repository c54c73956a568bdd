import Issuance
import Logging
import Registry
import Synchronization
import Watching
import WebService

/// What watches a serving process, wired: figures, and clients that wait for events.
struct WatchRooms: Sendable {
  let measures: Measures
  let events: EventHub
  let board: WatchBoard
  let gauges: Gauges
  let connections: LateFigure

  init(_ services: InstallationServices) {
    measures = services.measures
    let hub = EventHub(store: services.store, organization: services.organization)
    let connections = LateFigure()
    let store = services.store
    let board = WatchBoard()
    gauges = Gauges(
      store: store, organization: services.organization, database: services.folder.database,
      version: ProgramVersion.text,
      clock: systemClock,
      live: .init(
        queuedWrites: { store.waitingWrites }, connections: { connections.value }, eventWaiters: { hub.waiters },
        board: board))
    (events, self.board, self.connections) = (hub, board, connections)
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

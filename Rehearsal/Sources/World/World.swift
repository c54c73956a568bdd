import AuditLog
import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import Synchronization
import TestKit
import WireFormats

/// The authority under rehearsal: the real rooms, a real store that syncs, real sealed keys. Only the clock is set by hand.
final class World: Sendable {
  let place: WorldFolder
  let clock: SettableClock
  /// The pinned root, and the log's key at the beginning: what devices and auditors took away from the founding.
  let root: Certificate
  let logKey: NoteKey
  private let state: Mutex<State>

  private struct State {
    var serving: Serving
    var presence: ServerPresence
  }

  static let start = Instant(seconds: 1_800_000_000)

  var serving: Serving { state.withLock { $0.serving } }
  /// What the server shows in a TLS handshake now.
  var presence: ServerPresence { state.withLock { $0.presence } }
  var now: Instant { clock.now() }

  /// Founds an organization as `init` does it.
  init(in folder: String) async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var random = SystemRandomNumberGenerator()
    let record = OrganizationRecord(
      id: OrganizationID(random: &random), name: "Example Works", createdAt: Self.start, auditEpoch: 1)
    place = WorldFolder(path: folder, organization: record.id)
    clock = SettableClock(Self.start)
    let founded = try await Self.found(record, in: place)
    root = try Certificate(parsing: founded.root)
    logKey = founded.logKey
    try Data("\(logKey)\n".utf8).write(to: URL(fileURLWithPath: folder + "/audit.pub"))
    let serving = try await Serving.open(place, clock: clock.now)
    state = Mutex(State(serving: serving, presence: try await ServerPresence.make(serving, at: Self.start)))
  }

  private static func found(_ record: OrganizationRecord, in place: WorldFolder) async throws -> Founded {
    let keys = FoundingKeys(
      root: try place.create(.root), successor: try place.create(.successor), online: try place.create(.online))
    let store = try SQLiteStore(path: place.database)
    let plan = FoundingPlan(
      organization: record, addresses: WorldFolder.addresses, algorithm: .p256, withLab: false, at: start,
      administrator: "First Administrator")
    let founded = try await Founding(plan: plan, keys: keys).found(in: store)
    await store.close()
    return founded
  }

  /// Time passes; what a serving process does by itself is done.
  func advance(to instant: Instant) async throws {
    clock.set(max(instant, now))
    try await keepUp()
  }

  func keepUp() async throws {
    let serving = serving
    try await serving.keepUp()
    guard presence.isStale(for: serving, at: now) else { return }
    let fresh = try await ServerPresence.make(serving, at: now)
    state.withLock { $0.presence = fresh }
  }

  /// The process stops; `between` may do to its files what it likes; it starts again.
  func restart(_ between: (WorldFolder) async throws -> Void = { _ in }) async throws {
    await serving.store.close()
    try await between(place)
    let serving = try await Serving.open(place, clock: clock.now)
    let presence = try await ServerPresence.make(serving, at: now)
    state.withLock { $0 = State(serving: serving, presence: presence) }
  }

  func end() async { await serving.store.close() }
}

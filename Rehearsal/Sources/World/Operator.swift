import Issuance
import Registry
import WireFormats

/// The person at the desk. Each call is one act, and is counted: what an event costs in people is what a report tells.
final class Operator {
  private let world: World
  private(set) var acts = 0
  static let actor = Actor(name: "Operator", role: .administrator, fingerprint: [])

  init(_ world: World) { self.world = world }

  func perform<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
    acts += 1
    return try await done(act)
  }

  func apply(profile text: String) async throws {
    acts += 1
    _ = try await world.serving.profiles.apply(text, named: nil, isDryRun: false, by: Self.actor)
  }

  /// An act that no room offers as a value: a command on the machine itself.
  func command<Outcome>(_ body: () async throws -> Outcome) async throws -> Outcome {
    acts += 1
    return try await body()
  }

  private func done<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
    try await world.serving.administration.perform(act, by: Self.actor, through: .rest)
  }
}

/// Commands with `--where`: one act, however many it is done to.
extension Operator {
  /// Serials in one selection, which is of 2048 octets at most.
  static let listed = 100

  func perform(_ act: BulkAct, where text: String) async throws -> BulkActRecord {
    let serving = world.serving
    let started = try await prepared(act, where: text)
    try await BulkActRunner(store: serving.store, organization: serving.organization, clock: world.clock.now)
      .finishAll()
    return try await serving.store.read {
      try BulkActService.find(started.id.rawValue, in: serving.organization, of: $0)
    }
  }

  /// On devices that nothing but a list of their serials tells from others; returns how many members were changed.
  func perform(_ act: BulkAct, on devices: [Int], and condition: String? = nil) async throws -> Int {
    var done = 0
    for start in stride(from: 0, to: devices.count, by: Self.listed) {
      let serials = devices[start..<min(start + Self.listed, devices.count)].map(Fleet.serial)
      let listed = "serial in (\(serials.joined(separator: ", ")))"
      done += try await perform(act, where: condition.map { "\($0) and \(listed)" } ?? listed).done
    }
    return done
  }

  /// New secrets for all that a selection names, as `device invite --where … --out FILE` fetches them.
  func invite(where text: String) async throws -> [InvitedDevice] {
    var act = try await prepared(.invite(lifetime: nil), where: text)
    var invited: [InvitedDevice] = []
    while act.state == .running {
      let part = try await done(BulkActService().invite(act.id.rawValue, after: act.processed, with: DeviceService()))
      act = part.act
      invited += part.members.compactMap { if case .success(let device) = $0.outcome { device } else { nil } }
    }
    return invited
  }

  private func prepared(_ act: BulkAct, where text: String) async throws -> BulkActRecord {
    let selection = try Selection(parsing: text, of: act.subject, at: world.now)
    return try await perform(BulkActService().prepare(act, where: selection, start: true))
  }
}

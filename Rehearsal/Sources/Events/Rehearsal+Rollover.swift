import Credentials
import DeviceClient
import Issuance
import KeyCustody
import Registry
import WireFormats

/// Authorities and the root that give way to their successors, through requests and answers as if the roots' keys were
/// on another machine.
extension Rehearsal {
  static let renewedAuthorities: [AuthorityName] = [.idevid, .operational, .installation]

  /// Each issuing authority is renewed; then the fleet lives through its next renewals.
  func renewAuthorities(until last: Int64) async throws {
    let before = fleet.truths.map(\.certificates)
    try await event("each issuing authority renewed", devices: fleet.truths.count { $0.standing == .honest }) {
      let old = world.serving.roster.current
      for name in Self.renewedAuthorities {
        guard let id = old.active(name)?.record.id else { throw Refusal(.notFound, "no \(name) authority") }
        try await carryOut { try await $0.renew(id, by: Operator.actor, through: .rest) }
      }
      let new = world.serving.roster.current
      expect(
        Self.renewedAuthorities.allSatisfy { new.active($0)?.record.id != old.active($0)?.record.id },
        "an authority was not renewed")
      try await live(until: last)
      let renewed = fleet.truths.indices.count { fleet.truths[$0].certificates > before[$0] }
      return "\(Self.renewedAuthorities.count) authorities, each with NewWithOld and OldWithNew; "
        + "\(Figures.count(renewed)) devices renewed by the next day \(last)"
    }
  }

  /// The root gives way while a third of the fleet is off; when those come back they hold the old root alone.
  func succeedRoot(until last: Int64) async throws {
    let away = leave(1.0 / 3, days: last - day, purpose: 333)
    let honest = fleet.truths.count { $0.standing == .honest }
    try await event("the root succeeded, a third off", devices: honest) {
      try await live(until: day + Self.step)
      let old = world.serving.roster.current.root
      try await carryOut { try await $0.succeed(isCompromised: false, by: Operator.actor, through: .rest) }
      expect(world.serving.roster.current.root?.id != old?.id, "the root is still the first one")
      try await live(until: last - 1)
      try await pass(to: last)
      let tally = try await fleet.round(away)
      expect(tally.renewed + tally.notDue == away.count, "\(tally.refused + tally.unanswered) of those away are lost")
      return "\(Figures.count(away.count)) were off and held the old root alone; each found its way by NewWithOld"
    }
  }

  /// What the installation asks, whoever holds the root's key signs, and the installation takes: three acts of a person,
  /// since the root is not on the machine.
  func carryOut(_ ask: (RootRequestService) async throws -> RootRequestRecord) async throws {
    let serving = world.serving
    let service = RootRequestService(
      store: serving.store, roster: serving.roster, keys: serving.keys, clock: world.clock.now)
    let record = try await person.command { try await ask(service) }
    let answer = try await person.command { try await self.answer(record) }
    _ = try await person.command {
      try await service.install(answer.text, for: record.id, by: Operator.actor, through: .rest)
    }
    try await world.keepUp()
    try await reopenDoor()
  }

  private func answer(_ record: RootRequestRecord) async throws -> RootAnswer {
    let request = try RootRequest.unverified(note: record.note)
    let successor = try world.place.open(.successor)
    let founded = try request.foundedRoot.map {
      try successor.generate(name: $0.id.rawValue, purpose: "authority", algorithm: $0.algorithm)
    }
    return try await world.rootHolder().answer(request, founded: founded)
  }
}

import Credentials
import DeviceClient
import WireFormats

/// A bad network while a good part of the fleet renews.
extension Rehearsal {
  func lostAnswers(until last: Int64) async throws {
    let before = (fleet.lostAnswers, fleet.powerCuts)
    let end = World.start + Span.days(last)
    let due = fleet.truths.count {
      $0.standing == .honest && !$0.isOff(at: world.now) && ($0.renewAt ?? end) <= end
    }
    try await event("answers to renewals lost", devices: due) {
      let tally = try await live(until: last, faults: .bad)
      expect(tally.unanswered == 0, "\(tally.unanswered) devices gave up")
      return "\(fleet.lostAnswers - before.0) answers lost after the commit, "
        + "\(fleet.powerCuts - before.1) devices cut off while waiting"
    }
  }

  /// In the end each honest device renews once more, whatever it went through.
  func lastRenewal() async throws {
    let honest = fleet.truths.indices.filter { fleet.truths[$0].standing == .honest }
    let others = fleet.truths.indices.filter { fleet.truths[$0].standing != .honest }
    try await event("every device renews once more", devices: honest.count) {
      let tally = try await forceRound(honest)
      expect(tally.renewed == honest.count, "\(honest.count - tally.renewed) honest devices cannot renew")
      try await tryAll(others)
      try expectTheRoot(in: honest)
      try await world.keepUp()
      record.sample(day: day, fleet: fleet, renewed: tally.renewed)
      return "and \(others.count) suspended, revoked and retired ones do not"
    }
  }

  /// Whatever became of the roots, each device trusts the one that there is now, and none that a thief has.
  private func expectTheRoot(in devices: [Int]) throws {
    let root = try Certificate(parsing: world.serving.roster.current.root?.certificate ?? [])
    let others = try devices.count { try fleet.flash.load($0, serial: Fleet.serial($0)).roots != [root] }
    expect(others == 0, "\(others) devices do not trust the root in force alone")
  }
}

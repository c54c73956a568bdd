import DeviceClient
import Issuance
import WireFormats

/// The store is lost, and the backup of two weeks ago is restored. Meanwhile devices renewed, some came in for the first
/// time, and others were suspended, revoked and retired: all of that is unknown to the store that comes back.
extension Rehearsal {
  /// How long certificates of the lost window are taken back: as long as they live.
  static let recoveryWindow = Span.days(120)

  func restore(after days: Int64) async throws {
    try await event("a backup restored", devices: fleet.truths.count { $0.standing == .honest }) {
      let backup = try await person.command { try await world.backUp() }
      let before = fleet.truths.map(\.certificates)
      let (late, never) = Self.halves(fleet.late)
      try await bringIn(late)
      try await live(until: day + days, faults: .bad)
      let ruledOut = try await ruleOutMore()
      try await person.command { try await world.restore(backup, recovery: Self.recoveryWindow) }
      try await reopenDoor()
      let renewed = fleet.truths.indices.count { fleet.truths[$0].certificates > before[$0] }
      try await expectStatusAfterRestore(certificates: before, ruledOut)
      try await stayClosed(never)
      try await reopenGrants(counting: late)
      try await inviteAgain()
      try await bringIn(never)
      // Those whom the restored store forgot need not wait for their window.
      let tally = try await forceRound(fleet.draw(1, purpose: 30) { $0.certificates > 0 })
      expect(
        tally.renewed == tally.devices, "\(tally.devices - tally.renewed) devices did not come back from the restore")
      try await tryAll(ruledOut)
      try await expectStatusOfRuledOut(ruledOut, when: "in the recovery window")
      try await expectStatus(
        .good, of: fleet.draw(1, purpose: 31) { $0.certificates > 0 }, when: "once all have shown themselves")
      try await intruders()
      try await world.keepUp()
      return
        "\(Figures.count(renewed)) certificates of \(days) days were lost and taken back, \(late.count) devices of them "
        + "known to nobody; \(ruledOut.count) suspended, revoked or retired meanwhile stay out"
    }
  }

  /// A certificate that the store forgot is `unknown` until its device shows it, never revoked; what the last list
  /// revoked stays so, whether the store knows it or not.
  private func expectStatusAfterRestore(certificates before: [UInt16], _ ruledOut: [Int]) async throws {
    let honest = fleet.truths.indices.filter {
      fleet.truths[$0].standing == .honest && fleet.truths[$0].certificates > 0
    }
    let moment = "right after the restore"
    let forgotten = honest.filter { fleet.truths[$0].certificates > before[$0] }
    try await expectStatus(.unknown, of: forgotten, when: moment)
    try await expectStatus(.good, of: honest.filter { fleet.truths[$0].certificates == before[$0] }, when: moment)
    try await expectStatusOfRuledOut(ruledOut, when: moment)
  }

  private static func halves(_ devices: [Int]) -> (late: [Int], never: [Int]) {
    (devices.filter { $0 % 2 == 0 }, devices.filter { $0 % 2 == 1 })
  }

  private func bringIn(_ devices: [Int]) async throws {
    for device in devices { fleet.truths[device].offUntil = world.now }
    let tally = try await fleet.round(devices)
    expect(tally.renewed == devices.count, "\(devices.count - tally.renewed) new devices did not enroll")
  }

  /// As on the second day, a few more, after the backup was taken.
  private func ruleOutMore() async throws -> [Int] {
    let suspended = ruledOut(0.005, purpose: 20)
    let revoked = ruledOut(0.005, purpose: 21, apart: suspended)
    let retired = ruledOut(0.0025, purpose: 22, apart: suspended + revoked)
    try await ruleOut(suspended: suspended, revoked: revoked, retired: retired)
    return suspended + revoked + retired
  }

  /// Grants are closed and unused secrets void until a person opens and makes them again.
  private func stayClosed(_ devices: [Int]) async throws {
    for device in devices { fleet.truths[device].offUntil = world.now }
    let tally = try await fleet.round(devices)
    expect(tally.renewed == 0, "\(tally.renewed) new devices came in by what a restore closes")
  }

  private func reopenGrants(counting late: [Int]) async throws {
    for number in grants.indices {
      let (name, organization) = (grants[number].name, world.serving.organization)
      let closed = try await world.serving.store.read { try $0.grant(name, in: organization)?.closedAt != nil }
      // One that was used up before the backup has nothing to open.
      guard closed else { continue }
      let lost = late.count { fleet.truths[$0].grant == UInt16(number) }
      grants[number].lost = lost
      _ = try await person.perform(GrantService().reopen(grants[number].name.rawValue, lost: lost))
    }
  }

  /// All that have no certificate in the restored store: also those who came in meanwhile, and need no secret.
  private func inviteAgain() async throws {
    for invited in try await person.invite(where: "state=registered") { try giveSecret(invited) }
  }
}

import DeviceClient
import GRDB
import Issuance
import Registry

/// The disk fills up while devices renew, and somebody makes room.
extension Rehearsal {
  func fullDisk() async throws {
    try await pass(to: day + Self.step)
    let now = world.now
    let due = fleet.truths.indices.filter {
      let truth = fleet.truths[$0]
      return truth.standing == .honest && !truth.isOff(at: now) && (truth.renewAt ?? now) <= now
    }
    try await event("full disk while devices renew", devices: due.count) {
      try world.serving.store.limitPages(to: 1)
      let refused = try await fleet.round(due, patience: 1)
      expect(refused.renewed < due.count, "no device noticed that the disk was full")
      expect(
        refused.busy + refused.renewed + refused.notDue == due.count,
        "a full disk was answered by something else than 503")
      // Making room is the one act, and nothing is started again.
      try await person.command { try world.serving.store.limitPages(to: nil) }
      let tally = try await fleet.round(due)
      expect(tally.renewed + tally.notDue == due.count, "service did not resume by itself")
      try await world.keepUp()
      record.sample(day: day, fleet: fleet, renewed: tally.renewed)
      return "\(refused.busy) were told 503 with Retry-After; with room again all renewed, without a restart"
    }
  }
}

extension SQLiteStore {
  /// Gives the store no page more than it has, as a full disk does; nil lifts it. SQLite never goes under what is there.
  fileprivate func limitPages(to count: Int?) throws {
    try withWriterConnection { try $0.execute(sql: "PRAGMA max_page_count = \(count ?? 4_294_967_294)") }
  }
}

import DeviceClient
import Issuance
import Registry
import WireFormats

/// Devices that come out of a warehouse so late that their profile forgives them no more: a person readmits them.
extension Rehearsal {
  func comeBackBeyondGrace(_ devices: [Int], after days: Int64) async throws {
    let last = day(when: devices)
    try await live(until: last - 1)
    try await event("off for \(days) days", devices: devices.count) {
      try await pass(to: last)
      let refused = try await fleet.round(devices)
      expect(refused.refused == devices.count, "\(refused.renewed) renewed though their grace was over")
      // The grace of the profile is 90 days: who has been due for longer asks in vain.
      let act = try await person.perform(
        .readmit(span: .hours(48), reason: "out of the warehouse"), where: "state=active and overdue>90d")
      expect(act.done == devices.count, "\(act.done) of \(devices.count) were readmitted")
      try await pass(to: last + 1)
      let tally = try await fleet.round(devices)
      expect(tally.renewed == devices.count, "\(devices.count - tally.renewed) of those readmitted did not renew")
      return "beyond the grace each was refused; readmitted for 48 h by one command, each renewed with its old "
        + "certificate; \(act.processed - act.done) whose certificates are revoked were not"
    }
  }
}

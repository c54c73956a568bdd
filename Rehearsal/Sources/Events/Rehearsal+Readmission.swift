import DeviceClient
import Issuance
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
      for device in devices {
        _ = try await person.perform(
          DeviceService().readmit(
            DeviceReference(serial: Fleet.serial(device)), for: .hours(48), reason: "out of the warehouse"))
      }
      try await pass(to: last + 1)
      let tally = try await fleet.round(devices)
      expect(tally.renewed == devices.count, "\(devices.count - tally.renewed) of those readmitted did not renew")
      return "beyond the grace each was refused; readmitted for 48 h, each renewed with its old certificate"
    }
  }
}

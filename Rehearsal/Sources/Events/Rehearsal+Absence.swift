import DeviceClient
import Issuance
import Registry
import WireFormats

/// Devices that are switched off: for a day, past their certificate's end, and past what its profile forgives.
extension Rehearsal {
  /// Switches a share of the fleet off from now on.
  func leave(_ share: Double, days: Int64, purpose: UInt64) -> [Int] {
    let devices = fleet.draw(share, purpose: purpose)
    for device in devices { fleet.truths[device].offUntil = world.now + .days(days) }
    return devices
  }

  /// The day on which they are all on again.
  func day(when devices: [Int]) -> Int64 {
    let last = devices.map { fleet.truths[$0].offUntil }.max() ?? world.now
    return (last - World.start).milliseconds / Span.days(1).milliseconds
  }

  func absence(ofADay day: Int64) async throws {
    try await live(until: day)
    let devices = leave(0.05, days: 1, purpose: 1001)
    try await event("off for 1 day", devices: devices.count) {
      try await pass(to: day + 1)
      let tally = try await fleet.round(devices)
      expect(tally.renewed + tally.notDue == devices.count, "devices that were off for a day did not come back")
      return "\(tally.renewed) were due meanwhile"
    }
  }

  func comeBack(_ devices: [Int], after days: Int64) async throws {
    let last = day(when: devices)
    try await live(until: last - 1)
    try await event("off for \(days) days", devices: devices.count) {
      try await pass(to: last)
      let tally = try await fleet.round(devices)
      expect(tally.renewed == devices.count, "\(devices.count - tally.renewed) of \(devices.count) did not come back")
      return "their certificates had ended; within the grace they renew by themselves"
    }
  }
}

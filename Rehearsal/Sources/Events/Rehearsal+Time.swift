import Issuance
import WireFormats

/// Time passing: devices wake when they are due, and nothing else happens.
extension Rehearsal {
  static let step = Int64(5)

  var day: Int64 { (world.now - World.start).milliseconds / Span.days(1).milliseconds }

  /// Lives on in steps of days, until a day since the founding.
  @discardableResult
  func live(until last: Int64, faults: Faults = .none) async throws -> Tally {
    var tally = Tally()
    while day < last {
      try await pass(to: min(day + Self.step, last))
      tally += try await wakeThoseDue(faults: faults)
    }
    return tally
  }

  func pass(to day: Int64) async throws {
    let shown = world.presence.chain.first
    try await world.advance(to: World.start + .days(day))
    guard world.presence.chain.first != shown, fleet.door != nil else { return }
    // The server's own certificate was replaced; the door in this process is opened anew with it.
    try await reopenDoor()
  }

  func wakeThoseDue(faults: Faults = .none) async throws -> Tally {
    let now = world.now
    let due = fleet.truths.indices.filter { device in
      let truth = fleet.truths[device]
      guard !truth.isOff(at: now) else { return false }
      // Those that may not renew try for ever, as their logic tells them; here once a month.
      guard truth.standing == .honest else { return (day / Self.step) % 6 == Int64(device % 6) }
      return (truth.renewAt ?? now) <= now
    }
    let tally = try await fleet.round(due, faults: faults)
    try await world.keepUp()
    record.sample(day: day, fleet: fleet, renewed: tally.renewed)
    return tally
  }

  /// Runs an event and writes down what it cost.
  func event(_ name: String, devices: Int, _ body: () async throws -> String) async throws {
    let (clock, acts, day) = (ContinuousClock.now, person.acts, day)
    let remark = try await body()
    let row = RehearsalRecord.Event(
      name: name, day: day, days: self.day - day, devices: devices, acts: person.acts - acts,
      seconds: (ContinuousClock.now - clock).inSeconds, remark: remark)
    record.events.append(row)
    options.tell(row.line)
  }

  /// What has to be true now; if it is not, the rehearsal has failed and goes on.
  func expect(_ condition: Bool, _ words: @autoclosure () -> String) {
    if !condition { record.failed.append(Finding(.expectation, "day \(day): \(words())")) }
  }
}

import Credentials
import DeviceClient
import Issuance
import Registry
import WireFormats

/// Devices that a person suspends, revokes and retires. From then on none of them may renew, whatever it tries.
extension Rehearsal {
  func standing() async throws {
    try await pass(to: 1)
    let suspended = ruledOut(0.01, purpose: 10)
    let revoked = ruledOut(0.01, purpose: 11, apart: suspended)
    let retired = ruledOut(0.0025, purpose: 12, apart: suspended + revoked)
    try await event("suspended, revoked, retired", devices: suspended.count + revoked.count + retired.count) {
      try await ruleOut(suspended: suspended, revoked: revoked, retired: retired)
      try await tryAll(suspended + revoked + retired)
      try await expectStatusOfRuledOut(suspended + revoked + retired, when: "after standing changed")
      try await expectStatus(.good, of: fleet.draw(1, purpose: 14), when: "after standing changed")
      return "\(suspended.count) suspended, \(revoked.count) revoked, \(retired.count) retired; none renews"
    }
  }

  /// At least one, however small the fleet.
  func ruledOut(_ share: Double, purpose: UInt64, apart others: [Int] = []) -> [Int] {
    let free = Set(others)
    let drawn = fleet.draw(share, purpose: purpose).filter { !free.contains($0) }
    if !drawn.isEmpty { return drawn }
    return fleet.draw(1, purpose: purpose).first { !free.contains($0) }.map { [$0] } ?? []
  }

  /// Three commands, or a few more where the lists of serials are long.
  ///
  /// Of a revoked device each certificate that is good, also one that has ended: a list tells a restored store the serial
  /// of a certificate that it does not know, and not whose it was. What came before it is shut out only once the device
  /// shows it (decision 0030).
  func ruleOut(suspended: [Int], revoked: [Int], retired: [Int]) async throws {
    let held = try await person.perform(.suspend(reason: "rehearsal"), on: suspended)
    let ended = try await person.perform(.revoke(.keyCompromise), on: revoked, and: "status in (good, expired)")
    let gone = try await person.perform(.retire(reason: "rehearsal"), on: retired)
    expect(
      held == suspended.count && ended >= revoked.count && gone == retired.count,
      "of \(suspended.count), \(revoked.count) and \(retired.count), \(held) were suspended, \(ended) certificates "
        + "revoked and \(gone) retired")
    for device in suspended { mark(device, .suspended) }
    for device in revoked { mark(device, .revoked) }
    for device in retired { mark(device, .retired) }
    try await world.serving.publishAll()
  }

  private func mark(_ device: Int, _ standing: DeviceTruth.Standing) {
    fleet.truths[device].standing = standing
    fleet.truths[device].stoodAt = world.now
  }

  /// They renew, as their logic tells them; and then try the secret that once let them in, with a new key.
  func tryAll(_ devices: [Int]) async throws {
    let tally = try await forceRound(devices)
    expect(tally.renewed == 0, "\(tally.renewed) devices that may not renew did")
    let transport = InProcessTransport(est: world.serving.est, presence: world.presence)
    for device in devices {
      guard let number = fleet.truths[device].grant else { continue }
      var random = fleet.random(13, device)
      let grant = grants[Int(number)]
      var client = DeviceClient(
        memory: DeviceMemory(
          serial: Fleet.serial(device), roots: [world.root],
          secret: .init(name: grant.name.rawValue, secret: grant.secret)))
      let rest = await client.settle(over: transport, at: world.now, using: &random)
      expect(rest != .renewed, "\(Fleet.serial(device)) came in again by its grant")
    }
  }

  /// Tells each device to renew now, whether its time has come or not.
  func forceRound(_ devices: [Int], faults: Faults = .none) async throws -> Tally {
    for device in devices {
      var memory = try fleet.flash.load(device, serial: Fleet.serial(device))
      memory.renewAt = nil
      try fleet.flash.store(memory, of: device)
    }
    return try await fleet.round(devices, faults: faults)
  }
}

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
      for device in suspended { try await suspend(device) }
      for device in revoked { try await revoke(device) }
      for device in retired { try await retire(device) }
      try await world.serving.publishAll()
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

  func suspend(_ device: Int) async throws {
    _ = try await person.perform(
      DeviceService().suspend(DeviceReference(serial: Fleet.serial(device)), reason: "rehearsal"))
    mark(device, .suspended)
  }

  func retire(_ device: Int) async throws {
    _ = try await person.perform(
      DeviceService().retire(DeviceReference(serial: Fleet.serial(device)), reason: "rehearsal"))
    mark(device, .retired)
  }

  /// The newest alone, as an operator would who looks at the device: those before it are shut out with it.
  /// - Parameter earlierToo: each that is good. A list tells a restored store the serial of a certificate that it does not
  ///   know, and not whose it was: what came before it is shut out only once the device shows it (decision 0030).
  func revoke(_ device: Int, earlierToo: Bool = false) async throws {
    let serving = world.serving
    let organization = serving.organization
    let held = try await serving.store.read { reader in
      let record = try DeviceReference(serial: Fleet.serial(device)).find(in: organization, of: reader)
      return try reader.certificates(of: record.id, notExpiredAt: nil, in: organization)
        .filter { $0.status == .good }.sorted { $0.issuedAt < $1.issuedAt }
    }
    let service = CertificateService(store: serving.store, organization: organization, clock: world.clock.now)
    for certificate in earlierToo ? held[...] : held.suffix(1) {
      _ = try await person.command {
        try await service.revoke(
          serial: certificate.serial, authority: certificate.authority, reason: .keyCompromise, by: Operator.actor)
      }
    }
    mark(device, .revoked)
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

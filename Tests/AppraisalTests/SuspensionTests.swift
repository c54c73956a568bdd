import Appraisal
import Attestation
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// TRUST.md, Devices and code: automatic suspension stops at a share of the fleet and asks.
@Suite struct SuspensionTests {
  private static let broken: Boot = {
    var boot = Boot()
    boot.events[1] = SampleLog.event(4, 0x8000_0003, "another loader")
    return boot
  }()

  private func fleet(_ count: Int) async throws -> (RunningScene, [RunningScene.Device]) {
    let scene = try await RunningScene("on-failure: suspend")
    var devices: [RunningScene.Device] = []
    for number in 1...count { devices.append(try await scene.device("GW-\(number)", tpm: UInt8(number))) }
    try await scene.learn(devices[0])
    return (scene, devices)
  }

  @Test func oneIsSuspendedAndTheNextIsAskedFor() async throws {
    let (scene, devices) = try await fleet(4)
    let first = try await scene.attest(devices[0], Self.broken).record
    #expect(first.consequence == .suspended)
    let device = try await scene.record(of: devices[0])
    #expect(device.state == .suspended && device.stateBy == "attestation")
    #expect(
      device.stateReason?.contains("PCR 4 (sha256)") == true && device.stateReason?.contains("another loader") == true)
    let acts = try await scene.entries("device.suspend")
    #expect(acts.map(\.actor) == ["policy:attestation"] && acts.first?.details["certificates"]?.isEmpty == false)
    let held = try await scene.read { try $0.certificates(of: device.id, notExpiredAt: nil, in: $1) }
    #expect(held.map(\.status) == [.held])

    // 1 % of four is none, and one is what it is at least: now the policy asks.
    let second = try await scene.attest(devices[1], Self.broken).record
    #expect(second.status == .failed && second.consequence == .asked)
    #expect(try await scene.record(of: devices[1]).state == .active)
    let limit = try await scene.read { try $0.attestationLimit(in: $1) }
    #expect(limit.stoppedAt == scene.installation.clock.now())
    #expect(try await scene.entries("attestation.stop").map(\.outcome) == ["alarm"])

    // It stays so, however much time passes, until an operator says otherwise; then it counts anew.
    scene.installation.clock.advance(by: .hours(3))
    #expect(try await scene.attest(devices[2], Self.broken).record.consequence == .asked)
    #expect(try await scene.entries("attestation.stop").count == 1)
    try await scene.run(LimitService().resume(reason: "a bad release"))
    #expect(try await scene.attest(devices[2], Self.broken).record.consequence == .suspended)
    #expect(try await scene.attest(devices[3], Self.broken).record.consequence == .asked)
  }

  @Test func theShareIsSet() async throws {
    let (scene, devices) = try await fleet(4)
    try await scene.run(LimitService().set(percent: 50))
    for device in devices.prefix(2) {
      #expect(try await scene.attest(device, Self.broken).record.consequence == .suspended)
    }
    #expect(try await scene.attest(devices[2], Self.broken).record.consequence == .asked)
    try await scene.run(LimitService().resume(reason: nil))
    try await scene.run(LimitService().set(percent: 0))
    #expect(try await scene.attest(devices[3], Self.broken).record.consequence == .asked)
    for percent in [-1, 101] {
      await #expect(throws: Refusal.self) { try await scene.run(LimitService().set(percent: percent)) }
    }
    try await scene.run(LimitService().resume(reason: nil))
    await #expect(throws: Refusal.self) { try await scene.run(LimitService().resume(reason: nil)) }
  }

  /// Many at the same moment: the share is looked at in the transaction that suspends.
  @Test func manyAtOnceAreNoMoreThanTheShare() async throws {
    let (scene, devices) = try await fleet(6)
    try await withThrowingTaskGroup(of: AttestationRecord.Consequence.self) { group in
      for device in devices {
        group.addTask { try await scene.attest(device, Self.broken).record.consequence }
      }
      var consequences: [AttestationRecord.Consequence] = []
      for try await consequence in group { consequences.append(consequence) }
      #expect(consequences.filter { $0 == .suspended }.count == 1)
      #expect(consequences.filter { $0 == .asked }.count == 5)
    }
  }

  @Test func whatWasSuspendedAnHourAgoDoesNotCount() async throws {
    let (scene, devices) = try await fleet(2)
    #expect(try await scene.attest(devices[0], Self.broken).record.consequence == .suspended)
    scene.installation.clock.advance(by: .minutes(61))
    #expect(try await scene.attest(devices[1], Self.broken).record.consequence == .suspended)
  }

  @Test(arguments: [(100, 1), (199, 1), (200, 2), (10_000, 100), (1, 1), (0, 1)])
  func shares(_ fleet: Int, _ share: Int) {
    #expect(AttestationLimit.default.share(of: fleet) == share)
  }
}

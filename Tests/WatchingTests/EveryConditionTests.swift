import Issuance
import Registry
import TestKit
import Testing
import Watching
import WireFormats

/// One morning on which all is wrong: each kind that there is, is told.
@Suite struct EveryConditionTests {
  @Test func eachKindIsTold() async throws {
    try await WatchScene.with { scene in
      var thresholds = WatchThresholds()
      (thresholds.diskFreePercent, thresholds.authorityEndsWithin, thresholds.refusals) = (99, .days(36_500), 3)
      let receiver = Receiver(.text(503, ""))
      defer { receiver.close() }
      let health = SinkHealth()
      let delivery = try CheckpointSinkTests.delivery(receiver.url + "/log", scene, health: health)
      // The root's list was made for a year.
      scene.installation.clock.advance(by: .days(352))
      let watcher = scene.watcher(
        [try ConditionTests.target()], thresholds: thresholds, sink: health, settling: .zero)
      _ = try await watcher.lookNow()
      try await scene.append("device.clone-suspected", on: "device:x", outcome: "alarm")
      for _ in 0..<4 { try await scene.append("certificate.issue", on: "device:x", outcome: "refused") }
      try await Self.failAttestation(scene)
      _ = try await CheckpointSinkTests.grow(scene)
      for _ in 0..<2 {
        await #expect(throws: (any Error).self) { try await delivery.deliver() }
        scene.installation.clock.advance(by: .seconds(31))
      }
      _ = try await watcher.lookNow(expiring: UnrenewedCertificates(count: 1, serials: ["A"]))
      let told = Set(try await ConditionTests.told(scene))
      #expect(told == Set(ConditionKind.allCases.map { "raised \($0.rawValue)" }))
    }
  }

  /// A device in service that fails, and a policy that has stopped.
  private static func failAttestation(_ scene: WatchScene) async throws {
    let (organization, now) = (scene.installation.organization, scene.installation.clock.now())
    try await scene.installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let profile = try #require(ProfileName(rawValue: "operational"))
      let device = DeviceRecord(
        id: DeviceID(at: now, random: &random), organization: organization, manufacturer: "", serial: "GW-1",
        kind: .device, profile: profile, state: .active, registeredAt: now, registeredBy: "test")
      try writer.insert(device)
      try writer.put(
        AttestationStanding(
          device: device.id, attestation: AttestationID(at: now, random: &random), status: .failed,
          reasons: ["PCR 4 is another"], appraisedAt: now, clock: 1, resets: 1, restarts: 0),
        in: organization)
      try writer.put(AttestationLimit(percent: 1, stoppedAt: now), in: organization)
    }
  }
}

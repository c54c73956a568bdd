import Appraisal
import Attestation
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// What evidence of a device's own TPM comes to.
@Suite struct VerdictTests {
  @Test func whatWasLearnedIsTrusted() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    let first = try await scene.attest(device)
    #expect(first.record.status == .warning)
    #expect(first.record.reasons == ["there are no reference values for firmware 1.0 of gw"])
    try await scene.run(
      BaselineService().learn(from: DeviceReference(serial: "GW-1"), firmwareVersion: nil, merging: false))
    let second = try await scene.attest(device)
    #expect(second.record.status == .trusted && second.record.reasons.isEmpty)
    #expect(second.nextDue == scene.installation.clock.now() + .hours(1))
    #expect(try await scene.standing(of: device)?.status == .trusted)
    // Another of the same product is measured by the same values; one of another product is not.
    let sister = try await scene.device("GW-2", tpm: 2)
    #expect(try await scene.attest(sister).record.status == .trusted)
    let stranger = try await scene.device("PUMP-1", product: "pump", tpm: 3)
    #expect(try await scene.attest(stranger).record.status == .warning)
    // Evidence is kept: enough to verify the quote again.
    let kept = second.record
    let quote = try Quote.verify(
      attest: kept.attest, signature: kept.signature, by: AttestationKey(publicArea: kept.attestationKey),
      nonce: kept.nonce, values: Boot().values, eventLog: kept.eventLog)
    #expect(quote.values == Boot().values)
  }

  @Test func anotherBootLoaderFailsAndIsNamed() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    var boot = Boot()
    boot.events[1] = SampleLog.event(4, 0x8000_0003, "another loader")
    let failed = try await scene.attest(device, boot).record
    #expect(failed.status == .failed && failed.consequence == .none)
    let reason = try #require(failed.reasons.first)
    #expect(reason.hasPrefix("PCR 4 (sha256) is ") && failed.reasons.count == 1)
    #expect(reason.hasSuffix(#"its event 1, EV_EFI_BOOT_SERVICES_APPLICATION "another loader", is not known"#))
    // The same events twice are known events, and another value.
    boot = Boot()
    boot.events.append(boot.events[1])
    let again = try await scene.attest(device, boot).record
    #expect(again.reasons.first?.hasSuffix("but their order or number is another") == true)
    // Nothing follows but the alarm, as the profile says.
    #expect(try await scene.record(of: device).state == .active)
    let entries = try await scene.entries("device.attest")
    #expect(entries.map(\.outcome) == ["ok", "alarm", "alarm"])
  }

  @Test func logs() async throws {
    let scene = try await RunningScene("event-log: wanted")
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    let without = try await scene.attest(device) { $0.log = nil }.record
    #expect(without.status == .warning && without.eventLogHash == nil)
    #expect(without.reasons == ["no event log was shown, and the profile wants one"])
    let unreadable = try await scene.attest(device) { $0.log = Array($0.log?.dropLast() ?? []) }.record
    #expect(unreadable.status == .warning, "\(unreadable.reasons)")
    // One entry left out: the registers are as ever, and the log does not lead there.
    var boot = Boot()
    boot.events.removeFirst()
    let short = try await scene.attest(device) { $0.log = boot.log }.record
    #expect(short.status == .failed && short.reasons == ["the event log does not give the value of PCR 0"])
    try await scene.apply("event-log: optional")
    #expect(try await scene.attest(device) { $0.log = nil }.record.status == .trusted)
  }

  @Test func whatTheProfileSaysOfUnknownFirmware() async throws {
    let scene = try await RunningScene("unknown-firmware: failed")
    let device = try await scene.device("GW-1")
    #expect(try await scene.attest(device).record.status == .failed)
    #expect(
      try await scene.attest(device) { $0.version = nil }.record.reasons
        == ["the device did not say which firmware it runs"])
    try await scene.apply("pcrs: [0, 16]")
    let more = try await scene.attest(device) {
      $0.values[.sha256, 16] = [UInt8](repeating: 0, count: 32)
      $0.selection = PCRSelection([.init(.sha256, Array(0..<8) + [16])])
    }.record
    #expect(more.status == .warning)
    try await scene.run(
      BaselineService().add(
        ReferenceValues(registers: [.sha256: [0: [Boot().values[.sha256, 0] ?? []]]]), product: "gw",
        firmwareVersion: "1.0", merging: false))
    let partly = try await scene.attest(device) {
      $0.values[.sha256, 16] = [UInt8](repeating: 0, count: 32)
      $0.selection = PCRSelection([.init(.sha256, Array(0..<8) + [16])])
    }.record
    #expect(partly.reasons == ["firmware 1.0 of gw has no reference value for PCR 16"] && partly.status == .warning)
  }

  /// A copy of a software TPM's state that was put back.
  @Test(arguments: [
    TPMClock(milliseconds: 1000, resets: 2, restarts: 9), TPMClock(milliseconds: 1000, resets: 3, restarts: 0),
    TPMClock(milliseconds: 999, resets: 3, restarts: 1),
  ])
  func aClockThatGoesBackFails(_ clock: TPMClock) async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    scene.installation.clock.advance(by: .seconds(1))
    let failed = try await scene.attest(device) { $0.clock = clock }.record
    #expect(failed.status == .failed && failed.reasons.first?.contains("clock went back") == true)
  }

  /// Two quotes under way at once may arrive in either order.
  @Test func quotesInAnotherOrderAreNoClockThatGoesBack() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    let early = try await scene.nonce(device)
    scene.installation.clock.advance(by: .seconds(1))
    _ = try await scene.attest(device) { $0.clock = TPMClock(milliseconds: 9000, resets: 3, restarts: 1) }
    var draft = DraftEvidence(early, of: device)
    draft.clock = TPMClock(milliseconds: 5000, resets: 3, restarts: 1)
    let late = try await scene.service.appraise(
      draft.evidence(), by: device.certificate, address: "192.0.2.1")
    #expect(late.record.status == .trusted, "\(late.record.reasons)")
  }

  @Test func evidenceIsKeptWithinBounds() async throws {
    let scene = try await RunningScene("every: 1h")
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    var boot = Boot()
    boot.events[1] = SampleLog.event(4, 0x8000_0003, "another loader")
    let failed = try await scene.attest(device, boot).record.id
    for _ in 0..<(AttestationRecord.kept + 4) {
      scene.installation.clock.advance(by: .minutes(4))
      _ = try await scene.attest(device)
    }
    let id = try await scene.record(of: device).id
    let kept = try await scene.read { try $0.attestations(of: id, limit: 1000, in: $1) }
    #expect(kept.filter { $0.status == .trusted }.count == AttestationRecord.kept)
    #expect(kept.filter { $0.status == .trusted && $0.eventLog != nil }.count == AttestationRecord.keptLogs)
    // What was attested since does not push a failure out.
    #expect(kept.contains { $0.id == failed && $0.eventLog != nil })
  }

  @Test func noDeviceFillsTheStore() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    for _ in 0..<20 { _ = try await scene.attest(device) }
    let refusal = try await scene.refused(device) { _ in }
    #expect(refusal.code == .throttled && refusal.retryAfter == 600)
    scene.installation.clock.advance(by: .minutes(61))
    _ = try await scene.attest(device)
  }
}

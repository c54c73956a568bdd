import Appraisal
import Attestation
import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// TRUST.md, Devices and code: only evidence signed by the device's own enrolled attestation key can fail it.
@Suite struct RefusedEvidenceTests {
  /// Whoever stole the certificate and its key has no TPM: nothing that they send says anything of the device.
  @Test func aStolenCertificateCannotFailItsDevice() async throws {
    let scene = try await RunningScene("on-failure: suspend")
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    let thief = try Forger()
    var boot = Boot()
    boot.events[1] = SampleLog.event(4, 0x8000_0003, "another loader")
    let refusal = try await scene.refused(device) {
      ($0.signer, $0.values, $0.log) = (thief, boot.values, boot.log)
    }
    #expect(refusal.code == .policy && refusal.rule == "evidence")
    #expect(refusal.reason == "the attestation is not signed by the attestation key")
    // It is in the log, a bounded number of times.
    for _ in 0..<12 { _ = try await scene.refused(device) { $0.signer = thief } }
    let entries = try await scene.entries("device.attest").filter { $0.outcome == "refused" }
    #expect(entries.count == 10 && entries.allSatisfy { $0.details["rule"] == "evidence" })
    // And the device attests as ever.
    #expect(try await scene.attest(device).record.status == .trusted)
  }

  @Test func nonces() async throws {
    let scene = try await RunningScene()
    let (device, other) = (try await scene.device("GW-1"), try await scene.device("GW-2", tpm: 2))
    try await scene.learn(device)
    // Another nonce in the quote than the one that is answered.
    let wrong = try await scene.refused(device) { $0.quoted = [UInt8](repeating: 7, count: 32) }
    #expect(wrong.rule == "evidence")
    // One that nobody gave, one of another device, one that was answered, one that ended.
    #expect(try await scene.refused(device) { $0.nonce = [UInt8](repeating: 7, count: 32) }.code == .notFound)
    #expect(try await scene.refused(device) { $0.nonce = [] }.code == .notFound)
    let foreign = try await scene.nonce(other)
    #expect(try await scene.refused(device) { ($0.nonce, $0.quoted) = (foreign, foreign) }.code == .notFound)
    let used = try await scene.attest(device).record
    #expect(try await scene.refused(device) { ($0.nonce, $0.quoted) = (used.nonce, used.nonce) }.code == .notFound)
    let old = try await scene.nonce(device)
    scene.installation.clock.advance(by: .minutes(5))
    #expect(try await scene.refused(device) { ($0.nonce, $0.quoted) = (old, old) }.code == .notFound)
    // A refused answer used its nonce up, too.
    let spent = try await scene.nonce(device)
    _ = try await scene.refused(device) { ($0.nonce, $0.quoted, $0.signer) = (spent, spent, other.tpm) }
    #expect(try await scene.refused(device) { ($0.nonce, $0.quoted) = (spent, spent) }.code == .notFound)
  }

  @Test func outstandingNoncesAreBoundedAndTheOldestGives() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    let first = try await scene.nonce(device)
    var last = first
    for _ in 0..<8 {
      scene.installation.clock.advance(by: .seconds(1))
      last = try await scene.nonce(device)
    }
    #expect(try await scene.refused(device) { ($0.nonce, $0.quoted) = (first, first) }.code == .notFound)
    var draft = DraftEvidence(last, of: device)
    // One of the eight was given up for the refused answer's own.
    draft.version = "1.0"
    _ = try await scene.service.appraise(draft.evidence(), by: device.certificate, address: "192.0.2.1")
  }

  @Test func aGenuineTPMOfAnotherDevice() async throws {
    let scene = try await RunningScene()
    let (device, other) = (try await scene.device("GW-1"), try await scene.device("GW-2", tpm: 2))
    #expect(try await scene.refused(device) { $0.signer = other.tpm }.rule == "evidence")
  }

  @Test func whatIsSignedValidlyAndNotAsked() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    let registers = Array(0..<8)
    var cases: [(String, (inout DraftEvidence) throws -> Void)] = []
    cases.append(("no register", { $0.selection = PCRSelection([]) }))
    cases.append(("an empty bank", { $0.selection = PCRSelection([.init(.sha256, [])]) }))
    cases.append(
      (
        "a bank of SHA-1",
        {
          $0.selection = PCRSelection([.init(.sha1, registers)])
          for register in registers { $0.values[.sha1, register] = [UInt8](repeating: 1, count: 20) }
          $0.told = Boot().values
        }
      ))
    cases.append(
      (
        "another bank",
        {
          $0.selection = PCRSelection([.init(.sha384, registers)])
          for register in registers { $0.values[.sha384, register] = [UInt8](repeating: 1, count: 48) }
        }
      ))
    cases.append(
      ("a register left out", { $0.selection = PCRSelection([.init(.sha256, Array(registers.dropLast()))]) }))
    cases.append(
      (
        "other values than were quoted",
        {
          var told = $0.values
          told[.sha256, 4] = [UInt8](repeating: 1, count: 32)
          $0.told = told
        }
      ))
    cases.append(
      (
        "a certification",
        { $0.attest = try $0.signer.certify($0.signer.attestationArea().name, nonce: $0.quoted) }
      ))
    cases.append(("no magic", { $0.attest = [0, 0, 0, 0] + (try $0.quote().dropFirst(4)) }))
    cases.append(("something behind the quote", { $0.attest = try $0.quote() + [0] }))
    cases.append(("no nonce", { $0.quoted = [] }))
    cases.append(("nothing", { $0.attest = [] }))
    for (what, change) in cases {
      let refusal = try await scene.refused(device, change)
      #expect(refusal.rule == "evidence", "\(what): \(refusal)")
    }
  }

  @Test func whoMayAttest() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    func refusal(_ certificate: [UInt8]?) async throws -> Refusal.Code {
      try #require(
        await #expect(throws: Refusal.self) { _ = try await scene.service.nonce(for: certificate) }
      ).code
    }
    #expect(try await refusal(nil) == .unauthenticated)
    #expect(try await refusal([1, 2, 3]) == .unauthenticated)
    let administrator = try #require(scene.installation.founded.administratorChain.first)
    #expect(try await refusal(administrator) == .unauthenticated)
    let plain = try await scene.device("GW-2", tpm: nil)
    #expect(try await refusal(plain.certificate) == .conflict)
    try await scene.run(DeviceService().suspend(DeviceReference(serial: "GW-1"), reason: nil))
    #expect(try await refusal(device.certificate) == .suspended)
    try await scene.run(DeviceService().resume(DeviceReference(serial: "GW-1"), reason: nil))
    let nonce = try await scene.nonce(device)
    // Suspended between nonce and answer.
    try await scene.run(DeviceService().suspend(DeviceReference(serial: "GW-1"), reason: nil))
    let late = try DraftEvidence(nonce, of: device).evidence()
    let refused = await #expect(throws: Refusal.self) {
      _ = try await scene.service.appraise(late, by: device.certificate, address: "192.0.2.1")
    }
    #expect(refused?.code == .suspended)
    try await scene.run(DeviceService().retire(DeviceReference(serial: "GW-1"), reason: nil))
    #expect(try await refusal(device.certificate) == .retired)
  }

  /// Another organization's device, with the same store.
  @Test func anExpiredCertificateDoesNotAttest() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    let end = try Certificate(parsing: device.certificate).notAfter
    scene.installation.clock.set(end + .seconds(1))
    let refusal = await #expect(throws: Refusal.self) { _ = try await scene.service.nonce(for: device.certificate) }
    #expect(refusal?.code == .expired)
  }

  @Test func aReleasedTPMAttestsNoMore() async throws {
    let scene = try await RunningScene()
    let device = try await scene.device("GW-1")
    try await scene.learn(device)
    let nonce = try await scene.nonce(device)
    try await scene.run(DeviceService().releaseTPM(DeviceReference(serial: "GW-1"), reason: "board repaired"))
    #expect(try await scene.standing(of: device) == nil)
    let late = try DraftEvidence(nonce, of: device).evidence()
    let refused = await #expect(throws: Refusal.self) {
      _ = try await scene.service.appraise(late, by: device.certificate, address: "192.0.2.1")
    }
    #expect(refused?.code == .conflict)
    // The TPM may be another device's now.
    _ = try await scene.device("GW-3", tpm: 1)
    let entries = try await scene.entries("device.tpm-release")
    #expect(entries.count == 1 && entries.first?.reason == "board repaired")
    await #expect(throws: Refusal.self) {
      try await scene.run(DeviceService().releaseTPM(DeviceReference(serial: "GW-1"), reason: nil))
    }
  }
}

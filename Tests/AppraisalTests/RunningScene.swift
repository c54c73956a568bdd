import Appraisal
import Attestation
import AuditLog
import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Devices with TPMs in software, enrolled at a real installation, and the service that they attest to.
///
/// What plays the TPM signs whatever it is told, so that what is wrong can be signed validly.
struct RunningScene {
  let installation: TestInstallation
  let service: AppraisalService
  let signer: ResultSigner

  struct Device {
    let serial: String
    let certificate: [UInt8]
    let tpm: Forger
    /// Its own key, for renewals and other doors.
    let key: TestDevice
  }

  /// - Parameter policy: lines under `attestation:`.
  init(_ policy: String = "every: 1h") async throws {
    installation = try await TestInstallation()
    signer = ResultSigner(keys: installation.keys.online)
    service = AppraisalService(
      administration: Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now),
      devices: DeviceService(), signer: signer, issuer: { "https://pki.example.com" })
    try await apply(policy)
  }

  var organization: OrganizationID { installation.organization }

  func apply(_ policy: String) async throws {
    let text = try #require(BuiltInProfiles.texts.first { $0.hasPrefix("name: operational\n") })
    let lines = policy.split(separator: "\n").map { "  \($0)\n" }.joined()
    _ = try await ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now
    ).apply(text + "\nattestation:\n" + lines, named: nil, isDryRun: false, by: .installation)
  }

  @discardableResult
  func run<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
    try await service.administration.perform(act, by: .installation, through: .rest)
  }

  func read<T: Sendable>(_ body: @Sendable @escaping (any StoreReader, OrganizationID) throws -> T) async throws -> T {
    let organization = organization
    return try await installation.store.read { try body($0, organization) }
  }

  /// - Parameter tpm: its number; nil for a device without one.
  func device(_ serial: String, product: String? = "gw", tpm number: UInt8? = 1) async throws -> Device {
    let secret = try await run(
      DeviceService().add(DeviceRegistration(serial: serial, profile: "operational", product: product))
    ).secret
    let (key, tpm) = (try TestDevice(serial), try Forger())
    let area = try tpm.attestationArea().encoded
    let residence = number.map {
      KeyResidence(
        keyHash: key.key.publicKey.keyHash, endorsementKeyHash: [UInt8](repeating: $0, count: 32),
        attestationKey: area, manufacturer: "chips")
    }
    let issued = try await installation.enrollment.enroll(
      EnrollmentRequest(
        try await key.request().requested, credential: .secret(name: serial, secret: Array(secret.text.utf8)),
        door: .est, label: nil, isRenewal: false, residence: residence, address: "192.0.2.1"))
    return Device(serial: serial, certificate: issued.certificate, tpm: tpm, key: key)
  }

  func record(of device: Device) async throws -> DeviceRecord {
    try await read { reader, organization in
      try #require(try reader.device(serial: device.serial, manufacturer: "", in: organization))
    }
  }

  func standing(of device: Device) async throws -> AttestationStanding? {
    let id = try await record(of: device).id
    return try await read { try $0.attestationStanding(of: id, in: $1) }
  }

  func entries(_ act: String) async throws -> [AuditEntry] {
    try await read { try $0.auditEntries(after: nil, limit: 1000, subject: nil, in: $1) }
      .compactMap(\.entry).map { try AuditEntry(decoding: $0) }.filter { $0.act == act }
  }
}

/// Evidence before it is sent; a test changes one thing.
struct DraftEvidence {
  var nonce: [UInt8]
  /// What the quote carries; the nonce as a rule.
  var quoted: [UInt8]
  var values: PCRValues
  var told: PCRValues?
  var selection: PCRSelection
  var clock = TPMClock(milliseconds: 1000, resets: 3, restarts: 1)
  var log: [UInt8]?
  var version: String? = "1.0"
  var signer: Forger
  /// Instead of the quote.
  var attest: [UInt8]?

  init(_ nonce: [UInt8], of device: RunningScene.Device, _ boot: Boot = Boot()) {
    (self.nonce, quoted, signer) = (nonce, nonce, device.tpm)
    (values, log) = (boot.values, boot.log)
    selection = PCRSelection([.init(.sha256, Array(0..<8))])
  }

  func evidence() throws -> Evidence {
    let attest = try self.attest ?? quote()
    let shown = ReferenceValues(registers: (told ?? values).banks.mapValues { $0.mapValues { [$0] } })
    return try Evidence(
      nonce: nonce, attest: attest, signature: signer.sign(attest), registers: shown.texts.registers, eventLog: log,
      firmwareVersion: version)
  }

  func quote() throws -> [UInt8] {
    try TPMAttest(
      qualifiedSigner: signer.attestationArea().name, extraData: quoted, clock: clock,
      attested: .quote(selection: selection, digest: values.digest(of: selection, hash: .sha256) ?? [])
    ).encoded
  }
}

/// What a device measures while it starts.
struct Boot {
  var events: [MeasuredEvent] =
    [
      SampleLog.event(0, 0x8, "firmware 1"), SampleLog.event(4, 0x8000_0003, "the boot loader"),
      SampleLog.event(7, 0x8000_0001, "SecureBoot"),
    ] + (0..<8).map { SampleLog.event($0, 0x4, "0000") }

  var log: [UInt8] { SampleLog.encode(events) }

  var values: PCRValues {
    guard let read = try? EventLog(parsing: log) else { return PCRValues() }
    return PCRValues([.sha256: read.replayed(.sha256)])
  }
}

extension RunningScene {
  func nonce(_ device: Device) async throws -> [UInt8] { try await service.nonce(for: device.certificate).0.octets }

  func attest(
    _ device: Device, _ boot: Boot = Boot(), _ change: (inout DraftEvidence) throws -> Void = { _ in }
  ) async throws -> Appraised {
    var draft = DraftEvidence(try await nonce(device), of: device, boot)
    try change(&draft)
    return try await service.appraise(draft.evidence(), by: device.certificate, address: "192.0.2.1")
  }

  /// A refusal, after which the device stands as before.
  func refused(
    _ device: Device, _ change: (inout DraftEvidence) throws -> Void
  ) async throws -> Refusal {
    let (before, state) = (try await standing(of: device), try await record(of: device).state)
    let refusal = await #expect(throws: Refusal.self) { _ = try await attest(device, Boot(), change) }
    #expect(try await standing(of: device) == before)
    #expect(try await record(of: device).state == state)
    return try #require(refusal)
  }

  func learn(_ device: Device, merging: Bool = false) async throws {
    _ = try await attest(device)
    try await run(
      BaselineService().learn(
        from: DeviceReference(serial: device.serial), firmwareVersion: nil, merging: merging))
  }
}

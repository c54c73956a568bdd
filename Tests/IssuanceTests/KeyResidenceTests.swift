import Credentials
import Issuance
import Registry
import TestKit
import Testing

/// Profiles that want keys in hardware, and TPMs that belong to one device each.
@Suite struct KeyResidenceTests {
  private func request(
    _ device: TestDevice, _ credential: Credential, tpm: UInt8?, claimed: TestDevice? = nil, isRenewal: Bool = false,
    label: ProfileName? = nil, origin: CertificateRecord.KeyOrigin = .software
  ) async throws -> EnrollmentRequest {
    let residence = tpm.map {
      KeyResidence(
        keyHash: (claimed ?? device).key.publicKey.keyHash, endorsementKeyHash: [UInt8](repeating: $0, count: 32),
        attestationKey: [1], manufacturer: "chips")
    }
    return EnrollmentRequest(
      try await device.request().requested, credential: credential, door: .est, label: label, isRenewal: isRenewal,
      residence: residence, keyOrigin: origin, address: "192.0.2.1")
  }

  @Test func onlyAKeyThatWasShownIsCertified() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "key: hardware")
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let plain = try await bench.refusal(request(device, .of("PUMP-1", secret), tpm: nil))
    #expect(plain.code == .policy && plain.rule == "key")
    let other = try await bench.refusal(
      request(device, .of("PUMP-1", secret), tpm: 1, claimed: TestDevice("PUMP-1")))
    #expect(other.code == .policy && other.rule == "key")
    let issued = try await bench.enrollment.enroll(request(device, .of("PUMP-1", secret), tpm: 1))
    let record = try #require(try await self.record(issued, bench))
    #expect(record.keyOrigin == .attested)

    // The same key stays where it was shown to be; another has to be shown again.
    let credential = Credential.certificate(issued.certificate, chain: [])
    let renewed = try await bench.enrollment.enroll(request(device, credential, tpm: nil, isRenewal: true))
    #expect(try await self.record(renewed, bench)?.keyOrigin == .attested)
    let next = try TestDevice("PUMP-1")
    let refused = try await bench.refusal(request(next, credential, tpm: nil, isRenewal: true))
    #expect(refused.rule == "key")
    _ = try await bench.enrollment.enroll(request(next, credential, tpm: 1, isRenewal: true))
  }

  /// A word is recorded as one: it opens no profile, and takes nothing from a key that was shown.
  @Test func aClaimIsRecordedAndNothingMore() async throws {
    let bench = try await DoorBench()
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    func claiming(_ credential: Credential, isRenewal: Bool = false) async throws -> EnrollmentRequest {
      EnrollmentRequest(
        try await device.request().requested, credential: credential, door: .est, label: nil, isRenewal: isRenewal,
        claimedHome: .tpm, address: "192.0.2.1")
    }
    try await bench.profile("operational", adding: "key: hardware")
    #expect(try await bench.refusal(claiming(.of("PUMP-1", secret))).rule == "key")
    let shown = try await bench.enrollment.enroll(request(device, .of("PUMP-1", secret), tpm: 1))
    let renewed = try await bench.enrollment.enroll(
      claiming(.certificate(shown.certificate, chain: []), isRenewal: true))
    #expect(try await record(renewed, bench)?.keyOrigin == .attested)

    let other = try await DoorBench()
    let said = try await other.enrollment.enroll(claiming(.of("PUMP-1", try await other.add("PUMP-1"))))
    #expect(try await record(said, other)?.keyOrigin == .claimed)
    // Its renewals say so, whatever they say.
    let silent = try await other.enrollment.enroll(
      request(device, .certificate(said.certificate, chain: []), tpm: nil, isRenewal: true))
    #expect(try await record(silent, other)?.keyOrigin == .claimed)
  }

  /// What ACME's statements show is recorded, and is no proof of which TPM it is: neither at once nor by a certificate
  /// of another profile.
  @Test func aManufacturersWordIsNoProofOfResidence() async throws {
    let bench = try await DoorBench()
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let issued = try await bench.enrollment.enroll(request(device, .of("PUMP-1", secret), tpm: nil, origin: .attested))
    #expect(try await record(issued, bench)?.keyOrigin == .attested)
    try await bench.profile("gateway", adding: "key: hardware")
    try await bench.run(DeviceService().move(DeviceReference(serial: "PUMP-1"), to: "gateway", reason: nil))
    let next = Credential.of(
      "PUMP-1", try await bench.run(DeviceService().invite(DeviceReference(serial: "PUMP-1"))).secret)
    for origin in [CertificateRecord.KeyOrigin.software, .attested] {
      let word = try await bench.refusal(request(device, next, tpm: nil, origin: origin))
      #expect(word.code == .policy && word.rule == "key", "\(word)")
    }
    _ = try await bench.enrollment.enroll(request(device, next, tpm: 1))
  }

  /// A profile that wants hardware only later: what ACME attested under it before is no proof either.
  @Test func aProfileThatBecomesStricterAsksAnew() async throws {
    let bench = try await DoorBench()
    let (secret, device) = (try await bench.add("PUMP-1"), try TestDevice("PUMP-1"))
    let issued = try await bench.enrollment.enroll(request(device, .of("PUMP-1", secret), tpm: nil, origin: .attested))
    try await bench.profile("operational", adding: "key: hardware")
    let own = Credential.certificate(issued.certificate, chain: [])
    let refused = try await bench.refusal(request(device, own, tpm: nil, isRenewal: true, origin: .attested))
    #expect(refused.code == .policy && refused.rule == "key")
    _ = try await bench.enrollment.enroll(request(device, own, tpm: 1, isRenewal: true))
  }

  @Test func aReleasedTPMVouchesNoMore() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "key: hardware")
    let (first, second) = (try await bench.add("PUMP-1"), try await bench.add("PUMP-2"))
    let device = try TestDevice("PUMP-1")
    let issued = try await bench.enrollment.enroll(request(device, .of("PUMP-1", first), tpm: 1))
    try await bench.run(DeviceService().releaseTPM(DeviceReference(serial: "PUMP-1"), reason: nil))
    let own = Credential.certificate(issued.certificate, chain: [])
    #expect(try await bench.refusal(request(device, own, tpm: nil, isRenewal: true)).rule == "key")
    // The board is another device's now, and this one has another.
    _ = try await bench.enrollment.enroll(request(TestDevice("PUMP-2"), .of("PUMP-2", second), tpm: 1))
    _ = try await bench.enrollment.enroll(request(TestDevice("PUMP-1"), own, tpm: 2, isRenewal: true))
    // The old key was shown by a TPM that is not this device's any more.
    #expect(try await bench.refusal(request(device, own, tpm: nil, isRenewal: true)).rule == "key")
  }

  @Test func aTPMIsOneDevicesUntilItRetires() async throws {
    let bench = try await DoorBench()
    let (first, second) = (try await bench.add("PUMP-1"), try await bench.add("PUMP-2"))
    let issued = try await bench.enrollment.enroll(request(TestDevice("PUMP-1"), .of("PUMP-1", first), tpm: 1))
    let device = try TestDevice("PUMP-2")
    #expect(try await bench.refusal(request(device, .of("PUMP-2", second), tpm: 1)).code == .conflict)
    // And one device has one TPM.
    let own = Credential.certificate(issued.certificate, chain: [])
    let swapped = try await bench.refusal(request(TestDevice("PUMP-1"), own, tpm: 2, isRenewal: true))
    #expect(swapped.code == .conflict && swapped.reason.contains("another TPM"))
    try await bench.run(DeviceService().retire(DeviceReference(serial: "PUMP-1"), reason: nil))
    _ = try await bench.enrollment.enroll(request(device, .of("PUMP-2", second), tpm: 1))
  }

  @Test(arguments: ["key: hardware\nserver-key-generation: allowed", "key: gold"])
  func whatAProfileCannotSay(_ lines: String) async throws {
    let bench = try await DoorBench()
    await #expect(throws: (any Error).self) { try await bench.profile("operational", adding: lines) }
  }

  private func record(_ issued: Issued, _ bench: DoorBench) async throws -> CertificateRecord? {
    let organization = bench.organization
    let fingerprint = try Certificate(parsing: issued.certificate).fingerprint
    return try await bench.installation.store.read { try $0.certificate(fingerprint: fingerprint, in: organization) }
  }
}

import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// Secrets that a door must know, and secrets that come without a name.
@Suite struct MACSecretsTests {
  private struct Bench {
    let installation: TestInstallation
    let sealing: SecretSealing
    var devices: DeviceService { DeviceService(sealing: sealing) }
    var secrets: MACSecrets {
      MACSecrets(
        store: installation.store, organization: installation.organization, sealing: sealing,
        clock: installation.clock.now)
    }

    init() async throws {
      installation = try await TestInstallation()
      sealing = try SecretSealing(keys: installation.keys.online, organization: installation.organization)
    }

    @discardableResult
    func run<Outcome>(_ act: AdministrativeAct<Outcome>) async throws -> Outcome {
      try await Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now
      ).perform(act, by: .installation, through: .rest)
    }

    func add(_ serial: String, forMAC: Bool) async throws -> EnrollmentSecret {
      try await run(devices.add(DeviceRegistration(serial: serial, profile: "operational"), forMAC: forMAC)).secret
    }

    func grant(forMAC: Bool) async throws -> GivenGrant {
      let terms = GrantTerms(profile: "operational", uses: 1, lifetime: .hours(1), forMAC: forMAC)
      return try await run(GrantService(sealing: sealing).add(terms))
    }

    func enroll(_ device: TestDevice, _ credential: Credential) async throws -> Issued {
      try await installation.enrollment.enroll(
        EnrollmentRequest(
          request: try await device.request(), credential: credential, door: .est, label: nil, isRenewal: false,
          address: "192.0.2.1"))
    }
  }

  private static func octets(_ secret: EnrollmentSecret) -> [UInt8] { Array(secret.text.utf8) }

  @Test func onlyWhatWasMadeForItIsOpened() async throws {
    let bench = try await Bench()
    let known = try await bench.add("MAC-1", forMAC: true)
    _ = try await bench.add("PLAIN-1", forMAC: false)
    let grant = try await bench.grant(forMAC: true)
    let plain = try await bench.grant(forMAC: false)
    #expect(try await bench.secrets.secrets(named: "MAC-1") == [Self.octets(known)])
    #expect(try await bench.secrets.secrets(named: grant.grant.name.rawValue) == [Self.octets(grant.secret)])
    for name in ["PLAIN-1", plain.grant.name.rawValue, "nobody", "", String(repeating: "x", count: 200)] {
      #expect(try await bench.secrets.secrets(named: name).isEmpty, "\(name)")
    }
    #expect(known.text.utf8.count == 43)
  }

  @Test func aUsedOneIsStillKnownAndAVoidedOrExpiredOneIsNot() async throws {
    let bench = try await Bench()
    let secret = try await bench.add("MAC-1", forMAC: true)
    _ = try await bench.enroll(TestDevice("MAC-1"), .secret(name: "MAC-1", secret: Self.octets(secret)))
    #expect(try await bench.secrets.secrets(named: "MAC-1") == [Self.octets(secret)])
    let first = try await bench.add("MAC-2", forMAC: true)
    let second = try await bench.run(bench.devices.invite(DeviceReference(serial: "MAC-2"), forMAC: true)).secret
    #expect(try await bench.secrets.secrets(named: "MAC-2") == [Self.octets(second)])
    #expect(first.text != second.text)
    let grant = try await bench.grant(forMAC: true)
    bench.installation.clock.set(bench.installation.clock.now() + .days(8))
    #expect(try await bench.secrets.secrets(named: "MAC-2").isEmpty)
    #expect(try await bench.secrets.secrets(named: grant.grant.name.rawValue).isEmpty)
  }

  /// Whose it is, is authenticated: a row that somebody moved opens nothing.
  @Test func aSealedSecretOfAnotherDeviceDoesNotOpen() async throws {
    let bench = try await Bench()
    _ = try await bench.add("MAC-1", forMAC: true)
    _ = try await bench.add("MAC-2", forMAC: false)
    let organization = bench.installation.organization
    try await bench.installation.store.write { writer in
      let devices = try ["MAC-1", "MAC-2"].flatMap { try writer.devices(serial: $0, in: organization) }
      var moved = try #require(try writer.enrollmentSecrets(of: devices[0].id, in: organization).first)
      moved.device = devices[1].id
      try writer.insert(moved, in: organization)
    }
    let refused = await #expect(throws: Refusal.self) { _ = try await bench.secrets.secrets(named: "MAC-2") }
    #expect(refused?.code == .unavailable)
  }

  @Test func withoutAKeyInCustodyNoneIsMade() async throws {
    let bench = try await Bench()
    let registration = DeviceRegistration(serial: "MAC-1", profile: "operational")
    let refused = await #expect(throws: Refusal.self) {
      _ = try await bench.run(DeviceService().add(registration, forMAC: true))
    }
    #expect(refused?.code == .unavailable)
  }

  @Test(arguments: [false, true])
  func aSecretAloneSaysWhoseItIs(_ forMAC: Bool) async throws {
    let bench = try await Bench()
    let secret = try await bench.add("PUMP-1", forMAC: forMAC)
    let device = try TestDevice("PUMP-1")
    let first = try await bench.enroll(device, .bareSecret(Self.octets(secret)))
    let again = try await bench.enroll(device, .bareSecret(Self.octets(secret)))
    #expect(again.repeated && again.certificate == first.certificate)
    let grant = try await bench.grant(forMAC: forMAC)
    let brought = try TestDevice("PUMP-2")
    let issued = try await bench.enroll(brought, .bareSecret(Self.octets(grant.secret)))
    #expect(try Certificate(parsing: issued.certificate).publicKey == brought.key.publicKey)
    for wrong in [[], Self.octets(EnrollmentSecret()), Array(repeating: 1, count: 500)] {
      let refused = await #expect(throws: Refusal.self) { _ = try await bench.enroll(device, .bareSecret(wrong)) }
      #expect(refused?.code == .unauthenticated)
    }
  }

  /// Somebody else's secret gives nobody another name.
  @Test func aSecretAloneNamesNoOtherDevice() async throws {
    let bench = try await Bench()
    let secret = try await bench.add("PUMP-1", forMAC: true)
    _ = try await bench.add("PUMP-2", forMAC: true)
    let refused = await #expect(throws: Refusal.self) {
      _ = try await bench.enroll(TestDevice("PUMP-2"), .bareSecret(Self.octets(secret)))
    }
    #expect(refused?.rule == "subject")
  }
}

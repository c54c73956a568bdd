import AuditLog
import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// TRUST.md, Standing and Enrollment: what acts on devices change, on real certificates in a real store.
@Suite struct DeviceServiceTests {
  /// An organization with someone who acts.
  struct Bench {
    let installation: TestInstallation
    let devices = DeviceService()
    let actor = Actor(name: "Ada", role: .operator, fingerprint: [UInt8](repeating: 1, count: 32))
    var administration: Administration {
      Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now)
    }

    init() async throws {
      installation = try await TestInstallation()
      let record = AdministratorRecord(
        fingerprint: actor.fingerprint, organization: installation.organization, name: actor.name, role: actor.role,
        certificate: try #require(SerialNumber(hex: "01")), addedAt: installation.clock.now(), addedBy: "test")
      try await installation.store.write { try $0.insert(record) }
    }

    @discardableResult
    func run<Outcome>(_ act: AdministrativeAct<Outcome>) async throws(Refusal) -> Outcome {
      try await administration.perform(act, by: actor, through: .command)
    }

    /// Registers it and gives it a certificate of its profile.
    func enrolled(_ serial: String, profile: String = "operational") async throws -> SerialNumber {
      let invited = try await run(devices.add(DeviceRegistration(serial: serial, profile: profile)))
      return try await enroll(invited)
    }

    func enroll(_ invited: InvitedDevice) async throws -> SerialNumber {
      let request = EnrollmentRequest(
        request: try await TestDevice(invited.device.serial).request(),
        credential: .secret(name: invited.device.serial, secret: Array(invited.secret.text.utf8)), door: .est,
        label: nil, isRenewal: false, address: "192.0.2.1")
      return try await installation.enrollment.enroll(request).serial
    }

    func certificate(_ serial: SerialNumber) async throws -> CertificateRecord {
      let organization = installation.organization
      return try #require(
        try await installation.store.read { try $0.certificates(serial: serial, in: organization) }.first)
    }

    func set(_ status: CertificateRecord.Status, _ reason: RevocationReason?, on serial: SerialNumber) async throws {
      let record = try await certificate(serial)
      let now = installation.clock.now()
      try await installation.store.write {
        try $0.setStatus(
          status, revokedAt: status == .good ? nil : now, reason: reason, ofSerial: serial,
          authority: record.authority, in: record.organization)
      }
    }

    func log() async throws -> [AuditEntry] {
      let organization = installation.organization
      return try await installation.store.read {
        try $0.auditEntries(after: nil, limit: 1000, subject: nil, in: organization)
      }.compactMap { try $0.entry.map { try AuditEntry(decoding: $0) } }
    }
  }

  private func pump(_ number: Int = 1) -> DeviceReference { DeviceReference(serial: "PUMP-\(number)") }

  private func refusal(_ body: () async throws -> Void) async -> Refusal.Code? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? Refusal)?.code
    }
  }

  @Test func suspensionHoldsOnlyWhatIsGoodAndResumingLiftsOnlyThat() async throws {
    let bench = try await Bench()
    let good = try await bench.enrolled("PUMP-1")
    let revoked = try await bench.enroll(try await bench.run(bench.devices.invite(pump())))
    let held = try await bench.enroll(try await bench.run(bench.devices.invite(pump())))
    try await bench.set(.revoked, .superseded, on: revoked)
    // A hold of somebody else's, in the very millisecond of the suspension.
    try await bench.set(.held, .certificateHold, on: held)
    let suspended = try await bench.run(bench.devices.suspend(pump(), reason: "lost"))
    #expect(suspended.device.state == .suspended && suspended.certificates.map(\.serial) == [good])
    #expect(try await bench.certificate(good).reason == .certificateHold)
    #expect(try await bench.certificate(revoked).reason == .superseded)
    bench.installation.clock.advance(by: .hours(1))
    let resumed = try await bench.run(bench.devices.resume(pump(), reason: nil))
    #expect(resumed.device.state == .active && resumed.certificates.map(\.serial) == [good])
    #expect(try await bench.certificate(good).status == .good)
    #expect(try await bench.certificate(held).status == .held)
    #expect(try await bench.certificate(revoked).status == .revoked)
  }

  @Test func aKeyCompromisedWhileSuspendedStaysRevoked() async throws {
    let bench = try await Bench()
    let serial = try await bench.enrolled("PUMP-1")
    try await bench.run(bench.devices.suspend(pump(), reason: nil))
    try await bench.set(.revoked, .keyCompromise, on: serial)
    try await bench.run(bench.devices.resume(pump(), reason: nil))
    #expect(try await bench.certificate(serial).reason == .keyCompromise)
  }

  @Test func aDeviceWithoutCertificatesResumesAsRegistered() async throws {
    let bench = try await Bench()
    try await bench.run(bench.devices.add(DeviceRegistration(serial: "PUMP-1", profile: "operational")))
    try await bench.run(bench.devices.suspend(pump(), reason: nil))
    #expect(try await bench.run(bench.devices.resume(pump(), reason: nil)).device.state == .registered)
  }

  @Test(arguments: [
    (RevocationReason.superseded, RevocationReason.cessationOfOperation), (.unspecified, .cessationOfOperation),
    (.affiliationChanged, .cessationOfOperation), (.keyCompromise, .keyCompromise),
    (.privilegeWithdrawn, .privilegeWithdrawn),
  ])
  func retiringSetsCessationUnlessAGraverReasonStands(before: RevocationReason, after: RevocationReason) async throws {
    let bench = try await Bench()
    let serial = try await bench.enrolled("PUMP-1")
    let good = try await bench.enroll(try await bench.run(bench.devices.invite(pump())))
    try await bench.set(.revoked, before, on: serial)
    let since = try await bench.certificate(serial).revokedAt
    bench.installation.clock.advance(by: .hours(1))
    let retired = try await bench.run(bench.devices.retire(pump(), reason: "scrapped"))
    #expect(retired.device.state == .retired && retired.device.stateReason == "scrapped")
    #expect(try await bench.certificate(serial).reason == after)
    #expect(try await bench.certificate(serial).revokedAt == since)
    #expect(try await bench.certificate(good).reason == .cessationOfOperation)
  }

  @Test func retiringIsForGood() async throws {
    let bench = try await Bench()
    let invited = try await bench.run(bench.devices.add(DeviceRegistration(serial: "PUMP-1", profile: "operational")))
    try await bench.run(bench.devices.retire(pump(), reason: nil))
    #expect(await refusal { try await bench.run(bench.devices.resume(pump(), reason: nil)) } == .conflict)
    #expect(await refusal { try await bench.run(bench.devices.suspend(pump(), reason: nil)) } == .conflict)
    #expect(await refusal { try await bench.run(bench.devices.retire(pump(), reason: nil)) } == .conflict)
    #expect(await refusal { try await bench.run(bench.devices.invite(pump())) } == .conflict)
    #expect(
      await refusal { try await bench.run(bench.devices.replace(pump(), with: "PUMP-2", reason: nil)) } == .conflict)
    #expect(await refusal { _ = try await bench.enroll(invited) } != nil)
  }

  @Test func aReplacementTakesEverythingButSerialAndKeys() async throws {
    let bench = try await Bench()
    try await bench.run(
      bench.devices.add(
        DeviceRegistration(
          serial: "PUMP-1", profile: "operational", kind: .gateway, product: "pump", hardwareRevision: "c", lot: "7",
          labels: ["line": "4"])))
    let old = try await bench.run(bench.devices.suspend(pump(), reason: "broken")).device
    let new = try await bench.run(bench.devices.replace(pump(), with: "PUMP-2", reason: "broken")).device
    #expect(new.replaces == old.id && new.state == .registered && new.serial == "PUMP-2" && new.id != old.id)
    #expect(new.product == "pump" && new.hardwareRevision == "c" && new.lot == "7" && new.labels == ["line": "4"])
    #expect(new.kind == .gateway)
    // The new serial is taken now, and a failed replacement leaves the old device as it was.
    try await bench.run(bench.devices.add(DeviceRegistration(serial: "PUMP-3", profile: "operational")))
    #expect(
      await refusal { try await bench.run(bench.devices.replace(pump(3), with: "PUMP-2", reason: nil)) } == .conflict)
    #expect(try await bench.run(bench.devices.suspend(pump(3), reason: nil)).device.state == .suspended)
  }

  @Test func aSecretLivesAsLongAsSaid() async throws {
    let bench = try await Bench()
    let registration = DeviceRegistration(serial: "PUMP-1", profile: "operational")
    let usual = try await bench.run(bench.devices.add(registration))
    #expect(usual.expiresAt == bench.installation.clock.now() + .days(7))
    #expect(usual.secret.text.utf8.count == 43 && Base64.decodeURL(Array(usual.secret.text.utf8))?.count == 32)
    bench.installation.clock.advance(by: .days(7))
    #expect(await refusal { _ = try await bench.enroll(usual) } == .expired)
    let brief = try await bench.run(bench.devices.invite(pump(), expiresIn: .minutes(1)))
    #expect(brief.expiresAt == bench.installation.clock.now() + .minutes(1))
    _ = try await bench.enroll(brief)
    let organization = bench.installation.organization
    let stored = try await bench.installation.store.read {
      try $0.enrollmentSecrets(of: brief.device.id, in: organization)
    }
    #expect(stored.map(\.secretHash) == [usual.secret.hash, brief.secret.hash])
  }

  @Test func whatVerifiersNeverAskAboutIsSaid() async throws {
    let bench = try await Bench()
    let profiles = ProfileService(
      store: bench.installation.store, authorities: bench.installation.authorities, clock: bench.installation.clock.now)
    let text = """
      name: brief
      description: too short-lived to be revoked
      authority: operational
      subject:
        - serialNumber: "{serial}"
      keys: [P-256]
      validity: 1h
      backdate: 1m
      renewal: {window: 20m, grace: 0s, early: true}
      key-usage: [digitalSignature]
      extended-key-usage: [clientAuth]
      revocation: none
      ask: [secret]
      protocols: [est]
      """
    _ = try await profiles.apply(text, named: nil, isDryRun: false, by: bench.actor)
    let serial = try await bench.enrolled("PUMP-1", profile: "brief")
    let changed = try await bench.run(bench.devices.suspend(pump(), reason: nil))
    #expect(changed.unannounced.map(\.serial) == [serial])
    let entry = try #require(try await bench.log().last)
    #expect(entry.details["verifiers_accept"]?.contains("\(serial) until ") == true)
  }

  @Test func everyActIsOneEntryThatNamesThePerson() async throws {
    let bench = try await Bench()
    let before = try await bench.log().count
    try await bench.run(bench.devices.add(DeviceRegistration(serial: "PUMP-1", profile: "operational")))
    try await bench.run(bench.devices.suspend(pump(), reason: "lost"))
    #expect(await refusal { try await bench.run(bench.devices.suspend(pump(), reason: nil)) } == .conflict)
    let entries = try await bench.log().dropFirst(before)
    #expect(entries.map(\.act) == ["device.add", "device.suspend", "device.suspend"])
    #expect(entries.map(\.outcome) == ["ok", "ok", "refused"])
    #expect(entries.allSatisfy { $0.actor == "operator:Ada" && $0.door == "command" })
    #expect(entries.allSatisfy { $0.details["administrator_certificate"] == String(repeating: "01", count: 32) })
    #expect(entries.map(\.reason).prefix(2) == [nil, "lost"])
  }

  @Test func manufacturersSerialsAreApart() async throws {
    let bench = try await Bench()
    for manufacturer in ["acme", "zenith"] {
      try await bench.run(
        bench.devices.add(DeviceRegistration(serial: "PUMP-1", profile: "operational", manufacturer: manufacturer)))
    }
    #expect(await refusal { try await bench.run(bench.devices.suspend(pump(), reason: nil)) } == .conflict)
    let acme = DeviceReference(serial: "PUMP-1", manufacturer: "acme")
    #expect(try await bench.run(bench.devices.suspend(acme, reason: nil)).device.manufacturer == "acme")
    try await bench.run(bench.devices.add(DeviceRegistration(serial: "PUMP-1", profile: "operational")))
    #expect(try await bench.run(bench.devices.suspend(pump(), reason: nil)).device.manufacturer.isEmpty)
  }

  @Test func aGrantAndADeviceNeverShareAName() async throws {
    let bench = try await Bench()
    let given = try await bench.run(
      GrantService().add(GrantTerms(profile: "operational", uses: 1, lifetime: .hours(1))))
    let registration = DeviceRegistration(serial: given.grant.name.rawValue, profile: "operational")
    #expect(await refusal { try await bench.run(bench.devices.add(registration)) } == .conflict)
  }

  static let wrongTerms: [GrantTerms] = [
    GrantTerms(profile: "operational", uses: 0, lifetime: .hours(1)),
    GrantTerms(profile: "operational", uses: 10_000_001, lifetime: .hours(1)),
    GrantTerms(profile: "operational", uses: 1, lifetime: .seconds(0)),
    GrantTerms(profile: "operational", uses: 1, lifetime: .days(366)),
    GrantTerms(profile: "operational", uses: 1, lifetime: .hours(1), serials: .init(from: "B", to: "A")),
    GrantTerms(profile: "operational", uses: 1, lifetime: .hours(1), serials: .init(from: "9", to: "10")),
    GrantTerms(profile: "operational", uses: 1, lifetime: .hours(1), serials: .init(from: "*", to: "+")),
  ]

  @Test(arguments: wrongTerms)
  func otherTermsAreRefused(terms: GrantTerms) async throws {
    let bench = try await Bench()
    #expect(await refusal { try await bench.run(GrantService().add(terms)) } == .badRequest)
  }
}

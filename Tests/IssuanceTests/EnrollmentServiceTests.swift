import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Real keys, a real store: what a device gets, what it gets again, and what nobody gets.
@Suite struct EnrollmentServiceTests {
  static let operational = ProfileName(rawValue: "operational")

  /// Registers a device and gives it a secret.
  static func register(
    _ serial: String, in installation: TestInstallation, profile: String = "operational"
  ) async throws -> EnrollmentSecret {
    let secret = EnrollmentSecret()
    let time = installation.clock.now()
    let organization = installation.organization
    let name = try #require(ProfileName(rawValue: profile))
    try await installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let device = DeviceRecord(
        id: DeviceID(at: time, random: &random), organization: organization, manufacturer: "", serial: serial,
        kind: .device, profile: name, state: .registered, registeredAt: time, registeredBy: "test")
      try writer.insert(device)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: secret.hash, profile: name, expiresAt: time + .days(7), createdAt: time),
        in: organization)
    }
    return secret
  }

  static func grant(
    _ name: String, uses: Int, in installation: TestInstallation, profile: String = "operational",
    serials: [String] = []
  ) async throws -> EnrollmentSecret {
    let secret = EnrollmentSecret()
    let time = installation.clock.now()
    let grant = GrantRecord(
      name: try #require(GrantName(rawValue: name)), organization: installation.organization, secretHash: secret.hash,
      profile: try #require(ProfileName(rawValue: profile)), uses: uses, serials: serials,
      expiresAt: time + .hours(24), createdAt: time,
      createdBy: "test")
    try await installation.store.write { try $0.insert(grant) }
    return secret
  }

  static func ask(
    _ device: TestDevice, name: String? = nil, _ secret: EnrollmentSecret, label: ProfileName? = nil
  ) async throws -> EnrollmentRequest {
    EnrollmentRequest(
      request: try await device.request(),
      credential: .secret(name: name ?? device.serial, secret: Array(secret.text.utf8)), door: .est, label: label,
      isRenewal: false, address: "192.0.2.1")
  }

  static func renew(_ device: TestDevice, with issued: Issued, label: ProfileName? = nil) async throws
    -> EnrollmentRequest
  {
    EnrollmentRequest(
      request: try await device.request(), credential: .certificate(issued.certificate, chain: []), door: .est,
      label: label, isRenewal: true, address: "192.0.2.1")
  }

  func refusal(_ body: () async throws -> Issued) async throws -> Refusal {
    try #require(await #expect(throws: Refusal.self) { _ = try await body() })
  }

  @Test func aSecretGivesOneCertificateAndAgainTheSameToTheSameKey() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    #expect(!first.repeated)
    let again = try await installation.enrollment.enroll(Self.ask(device, secret))
    #expect(again.repeated && again.certificate == first.certificate)
    let other = try TestDevice("PUMP-1")
    let refused = try await refusal { try await installation.enrollment.enroll(Self.ask(other, secret)) }
    #expect(refused.code == .exhausted)
    let certificate = try Certificate(parsing: first.certificate)
    let issuer = try Certificate(parsing: try #require(first.chain.first))
    #expect(certificate.isSigned(by: try #require(issuer.publicKey)))
    #expect(certificate.publicKey == device.key.publicKey)
  }

  @Test func aGrantThatListsSerialsTakesTheseAlone() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.grant("grant-1", uses: 9, in: installation, serials: ["PUMP-1", "FAN-22"])
    for serial in ["PUMP-1", "FAN-22"] {
      let issued = try await installation.enrollment.enroll(
        Self.ask(TestDevice(serial), name: "grant-1", secret))
      #expect(!issued.repeated)
    }
    let refused = try await refusal {
      try await installation.enrollment.enroll(Self.ask(TestDevice("PUMP-2"), name: "grant-1", secret))
    }
    #expect(refused.code == .forbidden && refused.reason == "the serial is not among those of the grant")
  }

  @Test func theFirstCertificateThatIsDueCounts() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    _ = try await installation.enrollment.enroll(Self.ask(TestDevice("PUMP-1"), secret))
    func due() async throws -> Instant? {
      let organization = installation.organization
      return try await installation.store.read {
        try $0.device(serial: "PUMP-1", manufacturer: "", in: organization)?.renewalDueAt
      }
    }
    let operational = try await due()
    // Thirty days beside seven.
    _ = try await installation.enrollment.enroll(
      EnrollmentRequest(
        request: try await TestDevice("PUMP-1").request(), credential: .administrator(.installation), door: .rest,
        label: ProfileName(rawValue: "gateway"), isRenewal: false, address: "192.0.2.1"))
    #expect(try await due() == operational)
    #expect(operational != nil)
  }

  @Test func fiftyRequestsAtOnceWithOneSecretMakeOneCertificate() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let certificates = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<50 {
        group.addTask { try await installation.enrollment.enroll(Self.ask(device, secret)).certificate }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(certificates.count == 1)
  }

  @Test func aWrongSecretSaysTheSameAsAnUnknownName() async throws {
    let installation = try await TestInstallation()
    _ = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let wrong = try await refusal { try await installation.enrollment.enroll(Self.ask(device, EnrollmentSecret())) }
    let unknown = try await refusal {
      try await installation.enrollment.enroll(Self.ask(device, name: "NOBODY", EnrollmentSecret()))
    }
    #expect(wrong == unknown)
    #expect(wrong.code == .unauthenticated)
  }

  @Test func wrongSecretsWriteABoundedNumberOfEntries() async throws {
    let installation = try await TestInstallation()
    _ = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let organization = installation.organization
    let before = try await installation.store.read { try $0.auditSize(in: organization) }
    let enrollment = installation.enrollment
    for _ in 0..<30 { _ = try? await enrollment.enroll(Self.ask(device, EnrollmentSecret())) }
    #expect(try await installation.store.read { try $0.auditSize(in: organization) } == before + 10)
    installation.clock.advance(by: .minutes(2))
    _ = try? await enrollment.enroll(Self.ask(device, EnrollmentSecret()))
    #expect(try await installation.store.read { try $0.auditSize(in: organization) } == before + 11)
  }

  @Test func aGrantCountsEachKeyOnceAndEndsAtItsNumber() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.grant("lot-42", uses: 3, in: installation)
    let devices = try (1...5).map { try TestDevice("PUMP-\($0)") }
    var issued = 0
    for device in devices {
      do {
        let ask = try await Self.ask(device, name: "lot-42", secret)
        _ = try await installation.enrollment.enroll(ask)
        let again = try await installation.enrollment.enroll(ask)
        #expect(again.repeated)
        issued += 1
      } catch let refusal as Refusal {
        #expect(refusal.code == .exhausted)
      }
    }
    #expect(issued == 3)
    let organization = installation.organization
    let name = try #require(GrantName(rawValue: "lot-42"))
    let grant = try await installation.store.read { try $0.grant(name, in: organization) }
    #expect(grant?.issued == 3)
    #expect(grant?.repeated == 3)
    #expect(grant?.refused == 2)
  }

  @Test func aGrantRacedByManyNeverGivesOneTooMany() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.grant("lot-43", uses: 10, in: installation)
    let count = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let ask = try await Self.ask(TestDevice("RACE-\(number)"), name: "lot-43", secret)
          return (try? await installation.enrollment.enroll(ask)) != nil
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(count == 10)
  }

  @Test func aGrantNeverEnrollsADeviceThatIsActive() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    _ = try await installation.enrollment.enroll(Self.ask(TestDevice("PUMP-1"), secret))
    let grant = try await Self.grant("lot-44", uses: 3, in: installation)
    let refused = try await refusal {
      try await installation.enrollment.enroll(Self.ask(TestDevice("PUMP-1"), name: "lot-44", grant))
    }
    #expect(refused.code == .conflict)
  }

  @Test func aPathLabelNeverWidens() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let refused = try await refusal {
      try await installation.enrollment.enroll(
        Self.ask(TestDevice("PUMP-1"), secret, label: ProfileName(rawValue: "gateway")))
    }
    #expect(refused.code == .forbidden)
  }

  @Test func aKeyBelongsToOneSubject() async throws {
    let installation = try await TestInstallation()
    let first = try await Self.register("PUMP-1", in: installation)
    let second = try await Self.register("PUMP-2", in: installation)
    let device = try TestDevice("PUMP-1")
    _ = try await installation.enrollment.enroll(Self.ask(device, first))
    let request = EnrollmentRequest(
      request: try await device.request(subject: DistinguishedName([])),
      credential: .secret(name: "PUMP-2", secret: Array(second.text.utf8)), door: .est, label: nil, isRenewal: false,
      address: "192.0.2.1")
    let refused = try await refusal { try await installation.enrollment.enroll(request) }
    #expect(refused.code == .keyReuse)
  }

  @Test func renewalWorksBeforeAndWithinGraceAndNotAfter() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    let second = try await installation.enrollment.enroll(Self.renew(device, with: first))
    #expect(second.certificate != first.certificate)
    let lost = try await installation.enrollment.enroll(Self.renew(device, with: first))
    #expect(lost.repeated && lost.certificate == second.certificate)
    installation.clock.advance(by: .days(7 + 89))
    let third = try await installation.enrollment.enroll(Self.renew(device, with: second))
    installation.clock.advance(by: .days(7 + 91))
    let refused = try await refusal { try await installation.enrollment.enroll(Self.renew(device, with: third)) }
    #expect(refused.code == .expired)
  }

  @Test func anExpiredCertificateRenewsAndDoesNothingElse() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    installation.clock.advance(by: .days(8))
    let request = EnrollmentRequest(
      request: try await device.request(), credential: .certificate(first.certificate, chain: []), door: .est,
      label: nil, isRenewal: false, address: "192.0.2.1")
    let refused = try await refusal { try await installation.enrollment.enroll(request) }
    #expect(refused.code == .expired)
  }

  @Test func aRevokedCertificateNeverRenews() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    let service = CertificateService(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    _ = try await service.revoke(
      serial: first.serial, authority: nil, reason: .keyCompromise, by: .installation)
    let refused = try await refusal { try await installation.enrollment.enroll(Self.renew(device, with: first)) }
    #expect(refused.code == .revoked)
    let fresh = try await Self.register("PUMP-2", in: installation)
    let reuse = EnrollmentRequest(
      request: try await device.request(subject: DistinguishedName([])),
      credential: .secret(name: "PUMP-2", secret: Array(fresh.text.utf8)), door: .est, label: nil, isRenewal: false,
      address: "192.0.2.1")
    #expect(try await self.refusal { try await installation.enrollment.enroll(reuse) }.code == .keyReuse)
  }

  @Test func twoRenewalsWithDifferentKeysFromOneParentRaiseAnAlarm() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    _ = try await installation.enrollment.enroll(Self.renew(TestDevice("PUMP-1"), with: first))
    _ = try await installation.enrollment.enroll(Self.renew(TestDevice("PUMP-1"), with: first))
    let organization = installation.organization
    let entries = try await installation.store.read {
      try $0.auditEntries(after: nil, limit: 100, subject: nil, in: organization)
    }
    let text = entries.compactMap { $0.entry.map { String(decoding: $0, as: UTF8.self) } }
    #expect(text.filter { $0.contains("device.clone-suspected") }.count == 1)
  }

  @Test func anIDevIDEnrollsForAnOperationalCertificateAndIsNeverRenewed() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation, profile: "idevid")
    let device = try TestDevice("PUMP-1")
    let identity = try await installation.enrollment.enroll(Self.ask(device, secret))
    #expect(try Certificate(parsing: identity.certificate).notAfter == .noExpiry)
    let renewal = try await refusal { try await installation.enrollment.enroll(Self.renew(device, with: identity)) }
    #expect(renewal.rule == "renewal")
    let sameKey = EnrollmentRequest(
      request: try await device.request(), credential: .certificate(identity.certificate, chain: []), door: .est,
      label: Self.operational, isRenewal: false, address: "192.0.2.1")
    #expect(try await refusal { try await installation.enrollment.enroll(sameKey) }.code == .keyReuse)
    let local = try TestDevice("PUMP-1")
    let request = EnrollmentRequest(
      request: try await local.request(), credential: .certificate(identity.certificate, chain: []), door: .est,
      label: Self.operational, isRenewal: false, address: "192.0.2.1")
    let issued = try await installation.enrollment.enroll(request)
    #expect(try Certificate(parsing: issued.certificate).notAfter < .noExpiry)
  }

  @Test(arguments: [KeyAlgorithm.p384, .ed25519, .rsa2048])
  func otherKeyTypesEnroll(_ algorithm: KeyAlgorithm) async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1", algorithm)
    let issued = try await installation.enrollment.enroll(Self.ask(device, secret))
    #expect(try Certificate(parsing: issued.certificate).publicKey?.algorithm == algorithm)
  }

  @Test func labTakesWhatIsAskedButNoNameOfADeviceOrTheServer() async throws {
    let installation = try await TestInstallation()
    _ = try await Self.register("PUMP-1", in: installation)
    let secret = try await Self.grant("bench", uses: 10, in: installation, profile: "lab")
    let free = try TestDevice("anything at all")
    let first = try await installation.enrollment.enroll(Self.ask(free, name: "bench", secret))
    #expect(
      try Certificate(parsing: first.certificate).subject.values(of: AttributeType.commonName) == ["anything at all"])
    for taken in ["PUMP-1", "localhost"] {
      let refused = try await refusal {
        try await installation.enrollment.enroll(Self.ask(TestDevice(taken), name: "bench", secret))
      }
      #expect(refused.rule == "reserved-name")
    }
  }

  @Test func aCompromisedKeyRenewsThroughNoOtherCertificate() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    let second = try await installation.enrollment.enroll(Self.renew(device, with: first))
    let service = CertificateService(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    _ = try await service.revoke(serial: second.serial, authority: nil, reason: .keyCompromise, by: .installation)
    let thief = try TestDevice("PUMP-1")
    let refused = try await refusal { try await installation.enrollment.enroll(Self.renew(thief, with: first)) }
    #expect(refused.code == .revoked)
  }

  @Test func aRevokedCertificateGetsNoLostAnswerEither() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let first = try await installation.enrollment.enroll(Self.ask(device, secret))
    _ = try await installation.enrollment.enroll(Self.renew(device, with: first))
    let service = CertificateService(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    _ = try await service.revoke(serial: first.serial, authority: nil, reason: .superseded, by: .installation)
    let refused = try await refusal { try await installation.enrollment.enroll(Self.renew(device, with: first)) }
    #expect(refused.code == .revoked)
  }

  @Test func aRepeatedAnswerIsForTheSameProfileAndNames() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    _ = try await installation.enrollment.enroll(Self.ask(device, secret))
    let widened = try await refusal {
      try await installation.enrollment.enroll(Self.ask(device, secret, label: ProfileName(rawValue: "gateway")))
    }
    #expect(widened.code == .forbidden)
    let renamed = EnrollmentRequest(
      request: try await device.request(
        subject: DistinguishedName([.init(type: AttributeType.commonName, value: "OTHER")])),
      credential: .secret(name: "PUMP-1", secret: Array(secret.text.utf8)), door: .est, label: nil, isRenewal: false,
      address: "192.0.2.1")
    #expect(try await refusal { try await installation.enrollment.enroll(renamed) }.code == .exhausted)
  }

  @Test(arguments: [
    GeneralName.dnsName("localhost"), .dnsName("LOCALHOST."), .ipAddress([127, 0, 0, 1]),
  ])
  func noDeviceTakesTheServersName(_ name: GeneralName) async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.grant("gateways", uses: 3, in: installation, profile: "gateway")
    let device = try TestDevice("GW-1")
    let request = EnrollmentRequest(
      request: try await device.request(extensions: [.subjectAlternativeName([name])]),
      credential: .secret(name: "gateways", secret: Array(secret.text.utf8)), door: .est, label: nil,
      isRenewal: false, address: "192.0.2.1")
    #expect(throws: Never.self) { try ProfileDocument.parse(BuiltInProfiles.texts[2]) }
    #expect(try await refusal { try await installation.enrollment.enroll(request) }.code == .policy)
  }

  @Test func aRenewalThatNamesNobodyKeepsItsNames() async throws {
    let installation = try await TestInstallation()
    let secret = try await Self.grant("gateways", uses: 3, in: installation, profile: "gateway")
    let device = try TestDevice("GW-1")
    let request = EnrollmentRequest(
      request: try await device.request(extensions: [.subjectAlternativeName([.dnsName("gw1.example.com")])]),
      credential: .secret(name: "gateways", secret: Array(secret.text.utf8)), door: .est, label: nil,
      isRenewal: false, address: "192.0.2.1")
    let first = try await installation.enrollment.enroll(request)
    let second = try await installation.enrollment.enroll(Self.renew(device, with: first))
    #expect(try Certificate(parsing: second.certificate).subjectAlternativeNames == [.dnsName("gw1.example.com")])
  }

  @Test func aGrantsLotBinds() async throws {
    let installation = try await TestInstallation()
    _ = try await Self.register("PUMP-1", in: installation)
    let secret = EnrollmentSecret()
    let time = installation.clock.now()
    let grant = GrantRecord(
      name: try #require(GrantName(rawValue: "lot-a")), organization: installation.organization,
      secretHash: secret.hash, profile: try #require(Self.operational), uses: 3, lot: "A", expiresAt: time + .hours(24),
      createdAt: time, createdBy: "test")
    try await installation.store.write { try $0.insert(grant) }
    let refused = try await refusal {
      try await installation.enrollment.enroll(Self.ask(TestDevice("PUMP-1"), name: "lot-a", secret))
    }
    #expect(refused.code == .forbidden)
  }
}

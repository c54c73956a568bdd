import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// TRUST.md, Enrollment: a registration authority's right is its record (profiles, lot, count), never an EKU alone.
@Suite struct RegistrationAuthorityTests {
  private func appoint(
    _ name: String = "gateway-7", profiles: [String] = ["operational"], lot: String? = nil, uses: Int? = nil,
    in bench: DoorBench
  ) async throws -> AppointedAdministrator {
    try await AdministratorAppointment(
      administration: Administration(
        store: bench.installation.store, organization: bench.organization, clock: bench.installation.clock.now),
      roster: bench.installation.roster
    ).add(
      AdministratorTerms(name: name, role: .registrationAuthority, profiles: profiles, lot: lot, uses: uses),
      publicKey: SoftwareKey.generate(.p256).publicKey, by: .installation, through: .rest)
  }

  private func ask(
    _ device: TestDevice, _ authority: AppointedAdministrator, _ bench: DoorBench, isRenewal: Bool = false,
    label: String? = nil
  ) async throws -> EnrollmentRequest {
    try await bench.ask(
      device, .certificate(authority.certificate, chain: authority.chain), isRenewal: isRenewal, label: label)
  }

  @Test func itEnrollsAndRenewsForOthersAndTheLogSaysBothNames() async throws {
    let bench = try await DoorBench()
    _ = try await bench.add("PUMP-1")
    let authority = try await appoint(in: bench)
    let certificate = try Certificate(parsing: authority.certificate)
    #expect(certificate.extendedKeyUsages.contains(ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28])))
    let device = try TestDevice("PUMP-1")
    let issued = try await bench.enrollment.enroll(ask(device, authority, bench))
    let again = try await bench.enrollment.enroll(ask(device, authority, bench))
    #expect(again.repeated && again.serial == issued.serial)
    let entry = try #require(try await bench.entries("certificate.issue").last { $0.details["device"] == "PUMP-1" })
    #expect(entry.actor == "registration-authority:gateway-7")
    // A second first certificate is not its to ask for; a renewal is.
    #expect(try await bench.refusal(ask(TestDevice("PUMP-1"), authority, bench)).code == .conflict)
    let next = try TestDevice("PUMP-1")
    let renewed = try await bench.enrollment.enroll(ask(next, authority, bench, isRenewal: true))
    let repeated = try await bench.enrollment.enroll(ask(next, authority, bench, isRenewal: true))
    #expect(!renewed.repeated && repeated.repeated && repeated.serial == renewed.serial)
    let renewal = try #require(try await bench.entries("certificate.renew").last)
    #expect(renewal.actor == "registration-authority:gateway-7" && renewal.details["device"] == "PUMP-1")
    let organization = bench.organization
    let record = try await bench.installation.store.read {
      try $0.administrators(in: organization).first { $0.role == .registrationAuthority }
    }
    #expect(record?.issued == 2)
  }

  @Test func theSameByTheRecordThatADoorLookedUp() async throws {
    let bench = try await DoorBench()
    let authority = try await appoint(in: bench)
    let actor = Actor(name: "gateway-7", role: .registrationAuthority, fingerprint: authority.record.fingerprint)
    let request = EnrollmentRequest(
      request: try await TestDevice("PUMP-1").request(), credential: .registrationAuthority(actor), door: .est,
      label: nil, isRenewal: false, serial: "PUMP-1", address: "192.0.2.1")
    #expect(try await !bench.enrollment.enroll(request).repeated)
    let other = EnrollmentRequest(
      request: try await TestDevice("PUMP-3").request(), credential: .registrationAuthority(actor), door: .est,
      label: nil, isRenewal: false, serial: "PUMP-2", address: "192.0.2.1")
    #expect(try await bench.refusal(other).rule == "subject")
  }

  /// id-kp-cmcRA without a record is nothing: the server's own certificate has it, too.
  @Test func itsPurposeAloneIsNoRight() async throws {
    let bench = try await DoorBench()
    let installation = bench.installation
    let authority = try #require(installation.authorities.active(.installation))
    let own = try await InstallationCertificates(authority: authority, addresses: installation.authorities.addresses)
      .server([.dnsName("localhost")], publicKey: SoftwareKey.generate(.p256).publicKey, at: installation.clock.now())
    try await installation.store.write { try own.record(in: $0, door: .command) }
    let shown = try Certificate(parsing: own.encoded)
    #expect(shown.extendedKeyUsages.contains(ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28])))
    for label in [nil, "operational"] {
      let refused = try await bench.refusal(
        bench.ask(TestDevice("PUMP-1"), .certificate(own.encoded, chain: authority.chain), label: label))
      #expect([.forbidden, .policy].contains(refused.code))
    }
    // One of somebody else's making, for all that it says.
    let stranger = try SmallAuthority(at: installation.clock.now()).issue(
      "gateway-7", key: SoftwareKey.generate(.p256).publicKey, lifetime: .days(30), at: installation.clock.now())
    #expect(
      try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .certificate(stranger.encoded, chain: []))).code
        == .unauthenticated)
  }

  @Test func anAdministratorsCertificateIsNone() async throws {
    let bench = try await DoorBench()
    let chain = bench.installation.founded.administratorChain
    let founder = try #require(chain.first)
    let refused = try await bench.refusal(
      bench.ask(TestDevice("PUMP-1"), .certificate(founder, chain: chain), label: "operational"))
    #expect(refused.code == .forbidden)
    let actor = Actor(
      name: "x", role: .registrationAuthority, fingerprint: try Certificate(parsing: founder).fingerprint)
    #expect(try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .registrationAuthority(actor))).code == .forbidden)
  }

  @Test func profilesAndLotAreThoseOfItsRecord() async throws {
    let bench = try await DoorBench()
    for (serial, lot) in [("PUMP-1", "L1"), ("PUMP-2", "L2")] { _ = try await bench.add(serial, lot: lot) }
    let authority = try await appoint(lot: "L1", in: bench)
    #expect(try await bench.refusal(ask(TestDevice("PUMP-9"), authority, bench, label: "gateway")).code == .forbidden)
    #expect(try await bench.refusal(ask(TestDevice("PUMP-2"), authority, bench)).code == .forbidden)
    #expect(try await !bench.enrollment.enroll(ask(TestDevice("PUMP-1"), authority, bench)).repeated)
    _ = try await bench.enrollment.enroll(ask(TestDevice("PUMP-3"), authority, bench))
    let organization = bench.organization
    let brought = try await bench.installation.store.read {
      try $0.device(serial: "PUMP-3", manufacturer: "", in: organization)
    }
    #expect(brought?.lot == "L1" && brought?.registeredBy == "registration-authority:gateway-7")
  }

  @Test func aCountThatManyRaceForIsNeverPassed() async throws {
    let bench = try await DoorBench()
    let authority = try await appoint(uses: 5, in: bench)
    let codes = try await withThrowingTaskGroup(of: Refusal.Code?.self) { group in
      for number in 0..<20 {
        group.addTask {
          do {
            _ = try await bench.enrollment.enroll(ask(TestDevice("RACE-\(number)"), authority, bench))
            return nil
          } catch let refusal as Refusal {
            return refusal.code
          }
        }
      }
      return try await group.reduce(into: [Refusal.Code?]()) { $0.append($1) }
    }
    #expect(codes.count { $0 == nil } == 5)
    #expect(codes.count { $0 == .exhausted } == 15)
  }

  @Test func removedOrHeldItDoesNothing() async throws {
    let bench = try await DoorBench()
    let authority = try await appoint(in: bench)
    try await bench.run(AdministratorAppointment.removal(of: "gateway-7"))
    let refused = try await bench.refusal(ask(TestDevice("PUMP-1"), authority, bench, label: "operational"))
    #expect(refused.code == .revoked)
    let actor = Actor(name: "gateway-7", role: .registrationAuthority, fingerprint: authority.record.fingerprint)
    #expect(try await bench.refusal(bench.ask(TestDevice("PUMP-1"), .registrationAuthority(actor))).code == .forbidden)
  }

  @Test func aSuspendedDeviceGetsNothingThroughIt() async throws {
    let bench = try await DoorBench()
    _ = try await bench.add("PUMP-1")
    let authority = try await appoint(in: bench)
    _ = try await bench.enrollment.enroll(ask(TestDevice("PUMP-1"), authority, bench))
    try await bench.run(DeviceService().suspend(DeviceReference(serial: "PUMP-1"), reason: nil))
    #expect(try await bench.refusal(ask(TestDevice("PUMP-1"), authority, bench, isRenewal: true)).code == .suspended)
    #expect(try await bench.refusal(ask(TestDevice("PUMP-2"), authority, bench, isRenewal: true)).code == .conflict)
  }

  /// RFC 4211 §4: raVerified counts from whoever has a record, and from nobody else.
  @Test func onlyItsWordCountsForAKey() async throws {
    let bench = try await DoorBench()
    let authority = try await appoint(in: bench)
    let secret = try await bench.add("PUMP-2")
    func vouched(_ serial: String, _ credential: Credential) async throws -> EnrollmentRequest {
      let asked = try await TestDevice(serial).request()
      let requested = try RequestedCertificate(
        encoded: asked.encoded, subject: asked.subject, publicKey: asked.publicKey, extensionList: nil,
        proof: .vouched)
      return EnrollmentRequest(
        requested, credential: credential, door: .est, label: nil, isRenewal: false, address: "192.0.2.1")
    }
    let issued = try await bench.enrollment.enroll(
      vouched("PUMP-1", .certificate(authority.certificate, chain: authority.chain)))
    #expect(!issued.repeated)
    #expect(try await bench.refusal(vouched("PUMP-2", .of("PUMP-2", secret))).code == .proofOfPossession)
  }

  @Test func termsThatMakeNoSenseAreRefused() async throws {
    let bench = try await DoorBench()
    for (profiles, lot, uses) in [([], nil, nil), (["operational"], nil, 0), (["none"], nil, nil)]
      as [([String], String?, Int?)]
    {
      let refused = await #expect(throws: Refusal.self) {
        _ = try await appoint(profiles: profiles, lot: lot, uses: uses, in: bench)
      }
      #expect([.badRequest, .notFound].contains(refused?.code))
    }
  }
}

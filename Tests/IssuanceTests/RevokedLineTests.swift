import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// Decision 0030: what a revocation ends beside the certificate itself, and which roads stay open.
@Suite struct RevokedLineTests {
  typealias Service = EnrollmentServiceTests

  let installation: TestInstallation
  let certificates: CertificateService

  init() async throws {
    installation = try await TestInstallation()
    certificates = CertificateService(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
  }

  /// A device with a certificate by a secret.
  private func enrolled() async throws -> Issued {
    let secret = try await Service.register("PUMP-1", in: installation)
    return try await installation.enrollment.enroll(Service.ask(TestDevice("PUMP-1"), secret))
  }

  /// With a new key, an hour later.
  private func renewed(_ issued: Issued) async throws -> Issued {
    installation.clock.advance(by: .hours(1))
    return try await installation.enrollment.enroll(Service.renew(TestDevice("PUMP-1"), with: issued))
  }

  private func revoke(_ issued: Issued, _ reason: RevocationReason = .keyCompromise) async throws -> CertificateRecord {
    try await certificates.revoke(serial: issued.serial, authority: nil, reason: reason, by: .installation)
  }

  private func refusal(of issued: Issued) async throws -> Refusal {
    try #require(await #expect(throws: Refusal.self) { _ = try await renewed(issued) })
  }

  /// A new secret for the device that is there, as `device invite` makes it.
  private func invited() async throws -> Issued {
    let secret = EnrollmentSecret()
    let (organization, time) = (installation.organization, installation.clock.now())
    try await installation.store.write { writer in
      let device = try DeviceReference(serial: "PUMP-1").find(in: organization, of: writer)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: secret.hash, profile: device.profile, expiresAt: time + .days(7),
          createdAt: time), in: organization)
    }
    return try await installation.enrollment.enroll(Service.ask(TestDevice("PUMP-1"), secret))
  }

  @Test(arguments: CertificateService.reasons)
  func revokingTheNewestEndsThoseBefore(_ reason: RevocationReason) async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    let third = try await renewed(second)
    _ = try await revoke(third, reason)
    for earlier in [first, second] {
      if reason == .superseded {
        _ = try await renewed(earlier)
      } else {
        let refused = try await refusal(of: earlier)
        #expect(refused.code == .revoked && refused.reason.contains("\(third.serial)"))
        #expect(refused.hint?.contains("device invite") == true)
      }
    }
  }

  @Test func anEndedOneWithinItsGraceIsShutOutToo() async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    _ = try await revoke(second)
    installation.clock.advance(by: .days(30))
    #expect(try await refusal(of: first).code == .revoked)
  }

  @Test func readmittingDoesNotOpenWhatARevocationClosed() async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    _ = try await revoke(second)
    let administration = Administration(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    let act = DeviceService().readmit(DeviceReference(serial: "PUMP-1"), for: .days(2), reason: nil)
    let refused = try #require(
      await #expect(throws: Refusal.self) {
        _ = try await administration.perform(act, by: .installation, through: .rest)
      })
    #expect(refused.code == .conflict)
  }

  @Test func aNewSecretIsARoadBack() async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    _ = try await revoke(second)
    let third = try await invited()
    let fourth = try await renewed(third)
    _ = try await renewed(fourth)
    #expect(try await refusal(of: first).code == .revoked)
  }

  @Test func revokingWhatANewSecretGaveEndsTheLineBefore() async throws {
    let first = try await enrolled()
    installation.clock.advance(by: .hours(1))
    let second = try await invited()
    _ = try await revoke(second)
    #expect(try await refusal(of: first).code == .revoked)
  }

  @Test func aRevokedOldLineDoesNotTouchTheNewOne() async throws {
    let first = try await enrolled()
    installation.clock.advance(by: .hours(1))
    let fresh = try await invited()
    let late = try await renewed(first)
    _ = try await revoke(late)
    _ = try await renewed(fresh)
    #expect(try await refusal(of: first).code == .revoked)
  }

  /// A clone's certificate and the honest device's have one parent. Revoking either leaves the other.
  @Test(arguments: [0, 1])
  func revokingACloneLeavesTheHonestDevice(_ clone: Int) async throws {
    let parent = try await enrolled()
    let branches = [try await renewed(parent), try await renewed(parent)]
    _ = try await revoke(branches[clone])
    #expect(try await refusal(of: parent).code == .revoked)
    let next = try await renewed(branches[1 - clone])
    _ = try await renewed(next)
  }

  @Test func anotherProfileIsNotTouched() async throws {
    let secret = try await Service.register("PUMP-1", in: installation, profile: "idevid")
    let identity = try await installation.enrollment.enroll(Service.ask(TestDevice("PUMP-1"), secret))
    func operational() async throws -> Issued {
      try await installation.enrollment.enroll(
        EnrollmentRequest(
          request: try await TestDevice("PUMP-1").request(),
          credential: .certificate(identity.certificate, chain: []), door: .est, label: Service.operational,
          isRenewal: false, address: "192.0.2.1"))
    }
    let first = try await operational()
    installation.clock.advance(by: .hours(1))
    let second = try await operational()
    let revoked = try await revoke(second)
    #expect(try await refusal(of: first).code == .revoked)
    let remaining = try await certificates.remaining(beside: revoked)
    #expect(remaining.map(\.record.serial) == [identity.serial, first.serial])
    #expect(remaining.map(\.enrolls) == [true, false])
    _ = try await operational()
  }

  @Test func aRevocationSaysWhatIsLeft() async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    let superseded = try await revoke(second, .superseded)
    #expect(try await certificates.remaining(beside: superseded).map(\.enrolls) == [true])
    installation.clock.advance(by: .days(30))
    let ended = try await certificates.remaining(beside: superseded)
    #expect(ended.map(\.record.serial) == [first.serial] && ended.map(\.enrolls) == [true])
    installation.clock.advance(by: .days(90))
    #expect(try await certificates.remaining(beside: superseded).isEmpty)
    installation.clock.advance(by: .days(-100))
    let compromised = try await revoke(second)
    #expect(try await certificates.remaining(beside: compromised).isEmpty)
  }

  /// A revocation that lands while a renewal is under way is seen when the renewal is recorded.
  @Test func aRevocationMeanwhileIsSeen() async throws {
    let first = try await enrolled()
    let second = try await renewed(first)
    let organization = installation.organization
    let current = try #require(
      try await installation.store.read {
        try $0.profiles(in: organization).first { $0.name == Service.operational }
      })
    _ = try await ProfileService(
      store: installation.store, roster: installation.roster, clock: installation.clock.now
    ).apply(
      current.document + "\nauthorize:\n  url: https://factory.example/known\n  ask: [renew]\n", named: nil,
      isDryRun: false,
      by: .installation)
    let service = certificates
    let enrollment = EnrollmentService(
      store: installation.store, roster: installation.roster, catalog: installation.catalog,
      reservedNames: ReservedNames([]),
      authorizing: Meanwhile {
        _ = try await service.revoke(serial: second.serial, authority: nil, reason: .keyCompromise, by: .installation)
      }, clock: installation.clock.now)
    let request = try await Service.renew(TestDevice("PUMP-1"), with: first)
    let refused = try #require(await #expect(throws: Refusal.self) { _ = try await enrollment.enroll(request) })
    #expect(refused.code == .revoked && refused.reason.contains("\(second.serial)"))
  }
}

/// Says yes, after something else happened.
private struct Meanwhile: Authorizing {
  let act: @Sendable () async throws -> Void

  func authorize(
    _ question: AuthorizationQuestion, _ authorization: Profile.Authorization
  ) async throws(Refusal) -> String {
    do { try await act() } catch { throw Refusal(.unavailable, "\(error)") }
    return "factory.example"
  }
}

import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Authorities and roots that follow one another while devices hold what was before.
@Suite struct RolloverTests {
  /// A device with its first certificate.
  static func enrolled(_ serial: String, in installation: TestInstallation) async throws -> (TestDevice, Issued) {
    let secret = try await EnrollmentServiceTests.register(serial, in: installation)
    let device = try TestDevice(serial)
    return (device, try await installation.enrollment.enroll(EnrollmentServiceTests.ask(device, secret)))
  }

  static func verify(
    _ leaf: [UInt8], through intermediates: [[UInt8]], to anchors: [[UInt8]], at now: Instant
  ) throws -> CertificationPath {
    try CertificationPath.verify(
      leaf: try Certificate(parsing: leaf), intermediates: try intermediates.map(Certificate.init(parsing:)),
      anchors: try anchors.map(Certificate.init(parsing:)), at: now)
  }

  @Test(arguments: [AuthorityName.idevid, .operational, .installation, .lab])
  func anIssuingAuthorityGetsANewKeyAndTheOldOneStays(_ name: AuthorityName) async throws {
    let installation = try await TestInstallation()
    let old = try #require(installation.authorities.active(name))
    installation.clock.advance(by: .days(100))
    let fresh = try await installation.renewAuthority(name)
    #expect(fresh.record.id != old.record.id)
    #expect(fresh.certificate.publicKey != old.certificate.publicKey)
    #expect(fresh.certificate.subject == old.certificate.subject)
    #expect(installation.authorities.active(name)?.record.id == fresh.record.id)
    #expect(installation.authorities.authority(old.record.id)?.record.state == .retired)
    let now = installation.clock.now()
    _ = try Self.verify(fresh.record.certificate, through: [], to: [fresh.root], at: now)
    let organization = installation.organization
    let (list, acts) = try await installation.store.read { reader in
      (
        try reader.revocationList(of: fresh.record.id, in: organization),
        try reader.auditEntries(after: nil, limit: 100, subject: "authority:\(fresh.record.id)", in: organization).count
      )
    }
    #expect(try CertificateRevocationList(parsing: try #require(list).encoded).isSigned(by: fresh.signer.publicKey))
    #expect(acts == 1)
  }

  @Test func oldDevicesRenewAndBothKeysVouchForEachOther() async throws {
    let installation = try await TestInstallation()
    let (device, before) = try await Self.enrolled("PUMP-1", in: installation)
    let old = try #require(installation.authorities.active(.operational))
    let fresh = try await installation.renewAuthority(.operational)
    installation.clock.advance(by: .days(5))
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: before))
    #expect(renewed.chain == [fresh.record.certificate])
    let now = installation.clock.now()
    let label = try #require(ProfileName(rawValue: "operational"))
    let offered = try await installation.enrollment.authorityChains(label: label)
    // RFC 7030 §4.1.3: the new one, the old one, OldWithNew, NewWithOld, and the root at the end.
    #expect(offered.count == 5 && offered.last == fresh.root)
    #expect(offered.prefix(2) == [fresh.record.certificate, old.record.certificate])
    // Whoever trusts one of the two keys alone believes what the other issued.
    for (leaf, anchor) in [
      (renewed.certificate, old.record.certificate), (before.certificate, fresh.record.certificate),
      (renewed.certificate, fresh.root), (before.certificate, fresh.root),
    ] { _ = try Self.verify(leaf, through: offered, to: [anchor], at: now) }
  }

  @Test func aLostAnswerFromBeforeTheRenewalIsGivenAgain() async throws {
    let installation = try await TestInstallation()
    let secret = try await EnrollmentServiceTests.register("PUMP-1", in: installation)
    let device = try TestDevice("PUMP-1")
    let ask = try await EnrollmentServiceTests.ask(device, secret)
    let first = try await installation.enrollment.enroll(ask)
    try await installation.renewAuthority(.operational)
    let again = try await installation.enrollment.enroll(ask)
    #expect(again.repeated && again.certificate == first.certificate && again.chain == first.chain)
  }

  @Test func aRevokedAuthoritysDevicesStillRenew() async throws {
    let installation = try await TestInstallation()
    let (device, before) = try await Self.enrolled("PUMP-1", in: installation)
    let old = try #require(installation.authorities.active(.operational))
    let requests = installation.rootRequests
    let active = await #expect(throws: Refusal.self) {
      _ = try await requests.revoke(old.record.id, reason: .cACompromise, by: .installation, through: .command)
    }
    #expect(active?.code == .conflict)
    try await installation.renewAuthority(.operational)
    try await installation.carryOut(
      try await requests.revoke(old.record.id, reason: .cACompromise, by: .installation, through: .command))
    let organization = installation.organization
    let root = try #require(installation.authorities.root)
    let list = try await installation.store.read { try $0.revocationList(of: root.id, in: organization) }
    let published = try CertificateRevocationList(parsing: try #require(list).encoded)
    #expect(published.entry(for: old.certificate.serial)?.reason == .cACompromise)
    #expect(published.isSigned(by: try #require(try Certificate(parsing: root.certificate).publicKey)))
    let offered = try await installation.enrollment.authorityChains(label: nil)
    #expect(!offered.contains(old.record.certificate))
    // Recognized by its record, not by its chain: the fleet under a compromised authority is not lost.
    installation.clock.advance(by: .days(20))
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: before))
    _ = try Self.verify(
      renewed.certificate, through: renewed.chain, to: [root.certificate], at: installation.clock.now())
  }

  @Test func aListThatWasAskedForEarlierTakesNoRevocationBack() async throws {
    let installation = try await TestInstallation()
    let requests = installation.rootRequests
    let first = try #require(installation.authorities.active(.operational)).record.id
    let second = try #require(installation.authorities.active(.idevid)).record.id
    try await installation.renewAuthority(.operational)
    try await installation.renewAuthority(.idevid)
    let early = try await requests.revoke(first, reason: .superseded, by: .installation, through: .command)
    let late = try await requests.revoke(second, reason: .superseded, by: .installation, through: .command)
    try await installation.carryOut(early)
    let refused = await #expect(throws: Refusal.self) { try await installation.carryOut(late) }
    #expect(refused?.code == .conflict)
    try await installation.carryOut(
      try await requests.revoke(second, reason: .superseded, by: .installation, through: .command))
    let organization = installation.organization
    let root = try #require(installation.authorities.root)
    let list = try await installation.store.read { try $0.revocationList(of: root.id, in: organization) }
    #expect(try CertificateRevocationList(parsing: try #require(list).encoded).entries.count == 2)
  }

  @Test func aRootsListIsMadeAhead() async throws {
    let installation = try await TestInstallation()
    let root = try #require(installation.authorities.root)
    installation.clock.advance(by: .days(300))
    try await installation.carryOut(
      try await installation.rootRequests.list(of: root.id, lifetime: .days(200), by: .installation, through: .command))
    let organization = installation.organization
    let list = try await installation.store.read { try $0.revocationList(of: root.id, in: organization) }
    #expect(list?.number == 2)
    #expect(list?.nextUpdate == installation.clock.now().wholeSecond + .days(200))
  }
}

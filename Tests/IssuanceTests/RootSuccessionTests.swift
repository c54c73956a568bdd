import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// Another root in the first one's place, for devices that know the first one alone, the next one alone, or both.
@Suite struct RootSuccessionTests {
  @Test func everyHolderOfEitherRootVerifiesEverything() async throws {
    let installation = try await TestInstallation()
    let (away, before) = try await RolloverTests.enrolled("AWAY-1", in: installation)
    let old = try #require(installation.authorities.root)
    installation.clock.advance(by: .days(1))
    try await installation.succeedRoot()
    let new = try #require(installation.authorities.root)
    #expect(new.id != old.id && new.purpose == .root && new.state == .active)
    installation.clock.advance(by: .days(60))
    let now = installation.clock.now()
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(away, with: before))
    let offered = try await installation.enrollment.authorityChains(label: nil)
    #expect(offered.last == new.certificate)
    for anchor in [old.certificate, new.certificate] {
      // What a TLS peer sends along is enough for whoever holds either root.
      _ = try RolloverTests.verify(renewed.certificate, through: renewed.chain, to: [anchor], at: now)
      // Of before it has its own chain, and whoever took cacerts believes it under either root too.
      _ = try RolloverTests.verify(before.certificate, through: offered, to: [anchor], at: before.end)
      let server = try await InstallationCertificates(
        authority: try #require(installation.authorities.active(.installation)),
        addresses: installation.authorities.addresses
      ).server([.dnsName("localhost")], publicKey: away.key.publicKey, at: now)
      let chain = try #require(installation.authorities.active(.installation)).chain
      _ = try RolloverTests.verify(server.encoded, through: chain, to: [anchor], at: now)
    }
    _ = try RolloverTests.verify(before.certificate, through: before.chain, to: [old.certificate], at: before.end)
  }

  @Test func authoritiesKeepTheirKeysListsAndAddresses() async throws {
    let installation = try await TestInstallation()
    let before = installation.authorities.all
    try await installation.succeedRoot()
    let after = installation.authorities
    for authority in before {
      let moved = try #require(after.authority(authority.record.id))
      #expect(moved.certificate.publicKey == authority.certificate.publicKey)
      #expect(moved.certificate.subject == authority.certificate.subject)
      #expect(moved.record.parent == after.root?.id)
      #expect(moved.record.state == authority.record.state)
    }
    let waiting = after.records.filter { $0.purpose == .successor && $0.state == .standby }
    #expect(waiting.count == 1)
    #expect(try Certificate(parsing: try #require(waiting.first).certificate).subject.description.contains("Root R3"))
  }

  @Test func aThirdRootIsReachedFromTheFirst() async throws {
    let installation = try await TestInstallation()
    let (device, before) = try await RolloverTests.enrolled("AWAY-1", in: installation)
    let first = try #require(installation.authorities.root)
    try await installation.succeedRoot()
    try await installation.renewAuthority(.operational)
    installation.clock.advance(by: .days(80))
    try await installation.succeedRoot()
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: before))
    let now = installation.clock.now()
    for root in installation.authorities.records where root.purpose == .root {
      _ = try RolloverTests.verify(renewed.certificate, through: renewed.chain, to: [root.certificate], at: now)
    }
    #expect(renewed.chain.count == 3)
    #expect(try await installation.enrollment.authorityChains(label: nil).contains(first.certificate))
  }

  @Test func nothingIsSaidForACompromisedRoot() async throws {
    let installation = try await TestInstallation()
    let (away, before) = try await RolloverTests.enrolled("AWAY-1", in: installation)
    let old = try #require(installation.authorities.root)
    try await installation.succeedRoot(isCompromised: true)
    let new = try #require(installation.authorities.root)
    let offered = try await installation.enrollment.authorityChains(label: nil)
    #expect(!offered.contains(old.certificate))
    let oldKey = try Certificate(parsing: old.certificate).publicKey
    #expect(try offered.allSatisfy { try Certificate(parsing: $0).publicKey != oldKey })
    // The road that was made at founding still leads those who know the old root alone to the new one.
    installation.clock.advance(by: .days(40))
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(away, with: before))
    for anchor in [old.certificate, new.certificate] {
      _ = try RolloverTests.verify(
        renewed.certificate, through: renewed.chain, to: [anchor], at: installation.clock.now())
    }
    #expect(installation.authorities.records.first { $0.id == old.id }?.revocationReason == .keyCompromise)
  }

  @Test func anAuthorityThatWasRenewedMeanwhileStopsTheSuccession() async throws {
    let installation = try await TestInstallation()
    let asked = try await installation.rootRequests.succeed(
      isCompromised: false, by: .installation, through: .command)
    try await installation.renewAuthority(.operational)
    let refused = await #expect(throws: Refusal.self) { try await installation.carryOut(asked) }
    #expect(refused?.code == .conflict)
    #expect(installation.authorities.records.filter { $0.purpose == .root }.count == 1)
  }
}

extension Issued {
  /// A moment at which it is valid.
  fileprivate var end: Instant {
    get throws { try Certificate(parsing: certificate).notAfter }
  }
}

import Credentials
import Issuance
import Registry
import TestKit
import Testing
import WireFormats

/// What an administrator may is decided again where the act is done.
@Suite struct AdministratorStandingTests {
  /// An organization with its founder, whose certificate is recorded.
  struct Bench {
    let installation: TestInstallation
    let founder: CertificateRecord

    var organization: OrganizationID { installation.organization }
    var certificates: CertificateService {
      CertificateService(store: installation.store, organization: organization, clock: installation.clock.now)
    }

    init() async throws {
      installation = try await TestInstallation()
      let encoded = try #require(installation.founded.administratorChain.first)
      let fingerprint = try Certificate(parsing: encoded).fingerprint
      let organization = installation.organization
      founder = try #require(
        try await installation.store.read { try $0.certificate(fingerprint: fingerprint, in: organization) })
    }

    /// Adds an administrator, with a certificate of the installation's authority.
    func add(
      _ role: Actor.Role, _ mark: UInt8, change: (inout CertificateRecord) -> Void = { _ in }
    ) async throws -> Actor {
      var certificate = founder
      certificate.serial = try #require(SerialNumber(hex: "0\(mark)"))
      certificate.fingerprint = [UInt8](repeating: mark, count: 32)
      change(&certificate)
      let record = AdministratorRecord(
        fingerprint: certificate.fingerprint, organization: organization, name: "The \(role)", role: role,
        certificate: certificate.serial, addedAt: founder.issuedAt, addedBy: "test")
      try await installation.store.write { [certificate] writer in
        try writer.insert(certificate)
        try writer.insert(record)
      }
      return Actor(name: record.name, role: role, fingerprint: record.fingerprint)
    }

    func revoke(_ certificate: CertificateRecord, by actor: Actor) async throws {
      _ = try await certificates.revoke(
        serial: certificate.serial, authority: certificate.authority, reason: .superseded, by: actor)
    }

    func register(by actor: Actor) async throws {
      let administration = Administration(
        store: installation.store, organization: organization, clock: installation.clock.now)
      _ = try await administration.perform(
        DeviceService().add(DeviceRegistration(serial: "A-1", profile: "operational")), by: actor, through: .rest)
    }
  }

  @Test(arguments: ["removed", "revoked", "held", "expired", "of another role"])
  func whoIsNoneAnyMoreActsNoMore(standing: String) async throws {
    let bench = try await Bench()
    var actor = try await bench.add(.operator, 1) {
      $0.status = standing == "revoked" ? .revoked : standing == "held" ? .held : .good
      if standing == "expired" { $0.notAfter = $0.notBefore + .minutes(1) }
    }
    if standing == "removed" {
      let (fingerprint, now, organization) = (actor.fingerprint, bench.installation.clock.now(), bench.organization)
      try await bench.installation.store.write {
        try $0.removeAdministrator(fingerprint: fingerprint, at: now, in: organization)
      }
    }
    if standing == "of another role" {
      actor = Actor(name: actor.name, role: .administrator, fingerprint: actor.fingerprint)
    }
    let refused = await #expect(throws: Refusal.self) { try await bench.register(by: actor) }
    #expect([.forbidden, .revoked, .suspended].contains(refused?.code))
    let again = await #expect(throws: Refusal.self) { try await bench.revoke(bench.founder, by: actor) }
    #expect(again?.code == refused?.code)
    let organization = bench.organization
    let kept = try await bench.installation.store.read {
      try $0.devices(matching: DeviceFilter(), after: nil, limit: 10, in: organization).items
    }
    #expect(kept.isEmpty)
  }

  @Test(arguments: ["good", "revoked", "held", "expired", "unknown"])
  func theLastAbleAdministratorStays(other: String) async throws {
    let bench = try await Bench()
    let founder = Actor(name: "founder", role: .administrator, fingerprint: bench.founder.fingerprint)
    if other == "unknown" {
      let record = AdministratorRecord(
        fingerprint: [UInt8](repeating: 3, count: 32), organization: bench.organization, name: "unknown",
        role: .administrator, certificate: bench.founder.serial, addedAt: bench.founder.issuedAt, addedBy: "test")
      try await bench.installation.store.write { try $0.insert(record) }
    } else {
      _ = try await bench.add(.administrator, 3) {
        $0.status = CertificateRecord.Status(rawValue: other) ?? .good
        if other == "expired" { $0.notAfter = $0.notBefore + .minutes(1) }
      }
    }
    if other == "good" {
      try await bench.revoke(bench.founder, by: founder)
    } else {
      let refused = await #expect(throws: Refusal.self) { try await bench.revoke(bench.founder, by: founder) }
      #expect(refused?.code == .conflict)
    }
  }

  @Test func onlyAnAdministratorRevokesTheInstallationsOwn() async throws {
    let bench = try await Bench()
    let actor = try await bench.add(.operator, 4)
    _ = try await bench.add(.administrator, 5)
    let refused = await #expect(throws: Refusal.self) { try await bench.revoke(bench.founder, by: actor) }
    #expect(refused?.code == .forbidden)
  }
}

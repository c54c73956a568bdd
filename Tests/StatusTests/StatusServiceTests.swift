import Credentials
import KeyCustody
import Registry
import Status
import TestKit
import Testing
import WireFormats

/// The whole room over the real store, with the clocks of the machine.
@Suite(.timeLimit(.minutes(2))) struct StatusServiceTests {
  struct Scene {
    let bench: Workbench
    let store: SQLiteStore
    let organization: OrganizationID
    let authority: SmallAuthority
    let id: AuthorityID
    let leaf: Certificate
    let service: StatusService

    init() async throws {
      let bench = try Workbench()
      let store = try SQLiteStore(path: bench.folder.appendingPathComponent("store.sqlite").path)
      let authority = try SmallAuthority()
      let leaf = try authority.issue("leaf")
      let id = try StandingFixture.identifier("operational-1")
      guard let organization = OrganizationID(rawValue: "acme") else { throw StoreError.missing("organization") }
      try await Self.fill(store, organization, id, authority, leaf)
      let responders = ResponderCertificates(
        makeKey: { _ in try SoftwareKey.generate(.p256) },
        issue: { _, key in try authority.responderCertificate(for: key).encoded }, clock: { .present })
      let source = RegistryStanding(store: store, organization: organization)
      let responder = OCSPResponder(source: source, credentials: responders, clock: { .present })
      let publisher = CRLPublisher(
        authorities: [CRLAuthority(id: id, certificate: authority.certificate, signer: authority.key)],
        lists: RegistryRevocationLists(store: store, organization: organization), clock: { .present })
      service = StatusService(
        source: source, responder: responder, publisher: publisher, renewals: responders, clock: { .present },
        report: { Issue.record("\($0)") })
      (self.bench, self.store, self.organization, self.authority) = (bench, store, organization, authority)
      (self.id, self.leaf) = (id, leaf)
    }

    static func fill(
      _ store: SQLiteStore, _ organization: OrganizationID, _ id: AuthorityID, _ authority: SmallAuthority,
      _ leaf: Certificate
    ) async throws {
      guard let profile = ProfileName(rawValue: "operational") else { throw StoreError.missing("profile") }
      try await store.write { writer in
        try writer.insert(OrganizationRecord(id: organization, name: "Acme", createdAt: .present))
        try writer.insert(
          AuthorityRecord(
            id: id, organization: organization, purpose: .operational, parent: nil,
            subject: authority.certificate.subject.encoded, certificate: authority.certificate.encoded,
            keyName: id.rawValue, notAfter: authority.certificate.notAfter, createdAt: .present))
        try writer.insert(
          CertificateRecord(
            organization: organization, authority: id, serial: leaf.serial, device: nil, name: "CN=leaf",
            profile: profile, profileVersion: 1, fingerprint: leaf.fingerprint,
            keyHash: [UInt8](repeating: 1, count: 32), encoded: leaf.encoded, notBefore: leaf.notBefore,
            notAfter: leaf.notAfter, issuedAt: .present, door: "command", principal: "test", purpose: "operational"))
      }
    }

    func revoke() async throws {
      let (serial, id, organization) = (leaf.serial, id, organization)
      try await store.write {
        try $0.setStatus(
          .revoked, revokedAt: .present, reason: .keyCompromise, ofSerial: serial, authority: id, in: organization)
      }
    }

    func status() async throws -> OCSPCertStatus? {
      guard
        let certificate = OCSPCertID(
          hash: .sha1, issuerName: authority.certificate.subject.encoded, issuerKey: authority.key.publicKey.keyOctets,
          serial: leaf.serial)
      else { return nil }
      return try await service.ocsp(body: OCSPRequest.encode([certificate])).basic().responses.first?.status
    }

    func onList() async throws -> Bool {
      guard let answer = try await service.revocationList(file: "operational-1.crl") else { return false }
      return try CertificateRevocationList(parsing: answer.bytes).entry(for: leaf.serial) != nil
    }
  }

  @Test func revocationIsVisibleWithinASecond() async throws {
    let scene = try await Scene()
    let service = scene.service
    let running = Task { await service.run() }
    defer { running.cancel() }
    try await Task.sleep(for: .milliseconds(600))
    #expect(try await scene.status() == .good)
    #expect(try await scene.status() == .good)
    #expect(try await !scene.onList())
    try await scene.revoke()
    let durable = ContinuousClock.now
    var asked = durable
    while case .good = try await scene.status() {
      // When the question came, not how long a loaded machine took over the answer.
      #expect(durable.duration(to: asked) < .seconds(1))
      try await Task.sleep(for: .milliseconds(10))
      asked = .now
    }
    for _ in 0..<6000 where try await !scene.onList() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(try await scene.onList())
  }

  @Test func answersBeforeAnythingIsFollowed() async throws {
    let scene = try await Scene()
    #expect(try await scene.status() == .good)
    try await scene.revoke()
    #expect(try await scene.status() != .good)
  }

  @Test func listsAndCertificatesByName() async throws {
    let scene = try await Scene()
    _ = try await scene.service.publisher.publish(scene.id)
    let list = try #require(try await scene.service.revocationList(file: "operational-1.crl"))
    #expect(list.contentType == "application/pkix-crl" && list.status == 200)
    #expect(try CertificateRevocationList(parsing: list.bytes).number == 1)
    let certificate = try #require(try await scene.service.authorityCertificate(file: "operational-1.cer"))
    #expect(certificate.contentType == "application/pkix-cert")
    #expect(certificate.bytes == scene.authority.certificate.encoded)
    for file in ["", ".crl", "operational-1", "operational-1.cer", "other.crl", "../operational-1.crl"] {
      #expect(try await scene.service.revocationList(file: file) == nil)
    }
    for file in ["", ".cer", "operational-1.crl", "other.cer"] {
      #expect(try await scene.service.authorityCertificate(file: file) == nil)
    }
  }

  @Test func numbersGoOnInTheStore() async throws {
    let scene = try await Scene()
    let first = try await scene.service.publisher.publish(scene.id)
    try await scene.revoke()
    let another = CRLPublisher(
      authorities: [CRLAuthority(id: scene.id, certificate: scene.authority.certificate, signer: scene.authority.key)],
      lists: RegistryRevocationLists(store: scene.store, organization: scene.organization), clock: { .present })
    await another.publishWhereDue()
    let second = try #require(try await another.current(scene.id))
    #expect(second.number > first.number)
    #expect(try CertificateRevocationList(parsing: second.encoded).entries.map(\.serial) == [scene.leaf.serial])
  }

  @Test func opensslVerifiesAgainstTheList() async throws {
    let scene = try await Scene()
    try scene.bench.writePEM("CERTIFICATE", scene.authority.certificate.encoded, to: "ca.pem")
    try scene.bench.writePEM("CERTIFICATE", scene.leaf.encoded, to: "leaf.pem")
    for isRevoked in [false, true] {
      if isRevoked { try await scene.revoke() }
      let list = try await scene.service.publisher.publish(scene.id)
      try scene.bench.writePEM("X509 CRL", list.encoded, to: "list.pem")
      let outcome = try scene.bench.run(
        "openssl", "verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "list.pem", "leaf.pem")
      #expect((outcome.status == 0) == !isRevoked, "\(outcome.text)")
      #expect(outcome.text.contains(isRevoked ? "certificate revoked" : "leaf.pem: OK"))
    }
  }
}

import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Several authorities side by side under one root.
@Suite struct AddedAuthorityTests {
  /// A device's first certificate under a profile.
  static func enrolled(
    _ serial: String, _ profile: String, in installation: TestInstallation
  ) async throws -> (device: TestDevice, issued: Issued, record: CertificateRecord) {
    let secret = try await EnrollmentServiceTests.register(serial, in: installation, profile: profile)
    let device = try TestDevice(serial)
    let issued = try await installation.enrollment.enroll(EnrollmentServiceTests.ask(device, secret))
    let (fingerprint, organization) = (Fingerprint.of(issued.certificate), installation.organization)
    let record = try await installation.store.read {
      try $0.certificate(fingerprint: fingerprint, in: organization)
    }
    return (device, issued, try #require(record))
  }

  @Test func threeAuthoritiesIssueSideBySide() async throws {
    let installation = try await TestInstallation()
    let acme = try await installation.addAuthority("acme-corp", algorithm: .p384)
    let factory = try await installation.addAuthority("factory-2", as: .idevid)
    #expect(acme.record.id.rawValue.hasPrefix("acme-corp-") && acme.record.name.rawValue == "acme-corp")
    #expect(factory.certificate.notAfter == .noExpiry && acme.certificate.notAfter < .noExpiry)
    try await installation.applyProfile("acme", authority: "acme-corp")
    try await installation.applyProfile("line-2", authority: "factory-2", like: "idevid")
    let operational = try #require(installation.authorities.active(.operational))
    #expect(operational.record.id != acme.record.id)
    var seen: Set<AuthorityID> = []
    for (profile, authority, purpose) in [
      ("acme", acme, "operational"), ("line-2", factory, "idevid"), ("operational", operational, "operational"),
    ] {
      let (_, issued, record) = try await Self.enrolled("PUMP-\(profile)", profile, in: installation)
      #expect(record.authority == authority.record.id && record.purpose == purpose)
      #expect(issued.chain == [authority.record.certificate])
      let leaf = try Certificate(parsing: issued.certificate)
      #expect(leaf.isSigned(by: authority.signer.publicKey) && leaf.issuer == authority.certificate.subject)
      let status = "\(leaf.statusAddresses as Any)"
      #expect(status.contains("/crl/\(authority.record.id).crl"), "\(status)")
      _ = try RolloverTests.verify(
        issued.certificate, through: issued.chain, to: [authority.root], at: installation.clock.now())
      let label = try #require(ProfileName(rawValue: profile))
      let offered = try await installation.enrollment.authorityChains(label: label)
      #expect(offered == [authority.record.certificate, authority.root])
      seen.insert(record.authority)
    }
    #expect(seen.count == 3)
    let organization = installation.organization
    let list = try await installation.store.read { try $0.revocationList(of: acme.record.id, in: organization) }
    #expect(try CertificateRevocationList(parsing: try #require(list).encoded).isSigned(by: acme.signer.publicKey))
  }

  @Test func aCertificateOfOneDoesNotRenewUnderAnother() async throws {
    let installation = try await TestInstallation()
    try await installation.addAuthority("acme-corp")
    try await installation.applyProfile("acme", authority: "acme-corp")
    let (acme, ofAcme, _) = try await Self.enrolled("ACME-1", "acme", in: installation)
    let (own, ofOwn, _) = try await Self.enrolled("OWN-1", "operational", in: installation)
    for (device, issued, label) in [(acme, ofAcme, "operational"), (own, ofOwn, "acme")] {
      let request = try await EnrollmentServiceTests.renew(device, with: issued, label: ProfileName(rawValue: label))
      let refused = await #expect(throws: Refusal.self) { _ = try await installation.enrollment.enroll(request) }
      #expect(refused?.code == .forbidden || refused?.code == .policy, "\(label): \(refused as Any)")
    }
    // Each under its own, the key as it is.
    _ = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(acme, with: ofAcme))
  }

  @Test func renewalAndSuccessionTakeThemAlong() async throws {
    let installation = try await TestInstallation()
    let first = try await installation.addAuthority("acme-corp")
    try await installation.applyProfile("acme", authority: "acme-corp")
    let (device, before, _) = try await Self.enrolled("ACME-1", "acme", in: installation)
    let fresh = try await installation.renewAuthority(try TestInstallation.authorityName("acme-corp"))
    #expect(fresh.record.name == first.record.name && fresh.record.id.rawValue.hasPrefix("acme-corp-"))
    #expect(installation.authorities.authority(first.record.id)?.record.state == .retired)
    let oldRoot = try #require(installation.authorities.root)
    try await installation.succeedRoot()
    let moved = try #require(installation.authorities.active(first.record.name))
    #expect(moved.record.id == fresh.record.id && moved.root != oldRoot.certificate)
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: before))
    let offered = try await installation.enrollment.authorityChains(label: ProfileName(rawValue: "acme"))
    for root in [oldRoot.certificate, moved.root] {
      _ = try RolloverTests.verify(
        renewed.certificate, through: offered, to: [root], at: installation.clock.now())
    }
    // One that was added while the succession was under way would hang on the old root alone.
    let asked = try await installation.rootRequests.succeed(isCompromised: false, by: .installation, through: .command)
    try await installation.addAuthority("late")
    let refused = await #expect(throws: Refusal.self) { try await installation.carryOut(asked) }
    #expect(refused?.code == .conflict)
  }

  @Test func oneNameOneAuthority() async throws {
    let installation = try await TestInstallation()
    let requests = installation.rootRequests
    let name = try TestInstallation.authorityName("acme-corp")
    let terms = AuthorityTerms(name: name, purpose: .operational)
    // Asked for twice at once: the second answer finds the name taken.
    let first = try await requests.add(terms, by: .installation, through: .command)
    let second = try await requests.add(terms, by: .installation, through: .command)
    try await installation.carryOut(first)
    let late = await #expect(throws: Refusal.self) { try await installation.carryOut(second) }
    #expect(late?.code == .conflict)
    #expect(installation.authorities.all.count { $0.record.name == name } == 1)
    // The same answer again, and the same name again.
    await #expect(throws: Refusal.self) { try await installation.carryOut(first) }
    await #expect(throws: Refusal.self) { try await requests.add(terms, by: .installation, through: .command) }
    // A second authority that would have the first one's subject.
    let twin = AuthorityTerms(
      name: try TestInstallation.authorityName("other"), purpose: .operational, commonName: "Example Works acme-corp CA"
    )
    let refused = await #expect(throws: Refusal.self) {
      try await requests.add(twin, by: .installation, through: .command)
    }
    #expect(refused?.hint?.contains("--common-name") == true)
  }

  @Test(arguments: ["root", "successor", "operational", "idevid", "installation", "lab", "foreign"])
  func namesOfPurposesAreNotGiven(_ text: String) async throws {
    let installation = try await TestInstallation()
    let terms = AuthorityTerms(name: try TestInstallation.authorityName(text), purpose: .operational)
    let refused = await #expect(throws: Refusal.self) {
      try await installation.rootRequests.add(terms, by: .installation, through: .command)
    }
    #expect(refused?.code == .badRequest)
  }

  @Test(arguments: [AuthorityRecord.Purpose.root, .successor, .installation, .lab, .foreign])
  func onlyIssuingKindsAreAdded(_ purpose: AuthorityRecord.Purpose) async throws {
    let installation = try await TestInstallation()
    await #expect(throws: Refusal.self) { try await installation.addAuthority("acme-corp", as: purpose) }
    #expect(installation.authorities.active(try TestInstallation.authorityName("acme-corp")) == nil)
  }

  @Test func nothingOutlivesItsIssuer() async throws {
    let installation = try await TestInstallation()
    let terms = AuthorityTerms(
      name: try TestInstallation.authorityName("brief"), purpose: .operational, lifetime: .days(10))
    try await installation.carryOut(
      try await installation.rootRequests.add(terms, by: .installation, through: .command))
    let never = await #expect(throws: Refusal.self) {
      try await installation.applyProfile("never", authority: "brief", like: "idevid")
    }
    #expect(never?.rule == "validity")
    try await installation.applyProfile("long", authority: "brief", validity: "30d")
    let (_, issued, _) = try await Self.enrolled("PUMP-1", "long", in: installation)
    let authority = try #require(installation.authorities.active(try TestInstallation.authorityName("brief")))
    #expect(try Certificate(parsing: issued.certificate).notAfter == authority.certificate.notAfter)
  }

  @Test func aProfileOfNobodyIsRefused() async throws {
    let installation = try await TestInstallation()
    let missing = await #expect(throws: Refusal.self) {
      try await installation.applyProfile("acme", authority: "acme-corp")
    }
    #expect(missing?.code == .conflict)
    #expect(missing?.hint?.contains("authority add acme-corp") == true)
    for name in ["root", "successor", "installation", "foreign", "Acme", "-a", ""] {
      await #expect(throws: Refusal.self) { try await installation.applyProfile("acme", authority: "\"\(name)\"") }
    }
  }

  @Test func anotherOrganizationsAuthorityIsNotThere() async throws {
    let (own, other) = (try await TestInstallation(), try await TestInstallation())
    let added = try await own.addAuthority("acme-corp")
    let refused = await #expect(throws: Refusal.self) {
      try await other.rootRequests.renew(added.record.id, by: .installation, through: .command)
    }
    #expect(refused?.code == .notFound)
    // The answer of one installation's root is nothing to another.
    let terms = AuthorityTerms(name: try TestInstallation.authorityName("beta"), purpose: .operational)
    let asked = try await own.rootRequests.add(terms, by: .installation, through: .command)
    let answer = try await own.answer(asked).text
    await #expect(throws: Refusal.self) {
      try await other.rootRequests.install(answer, for: asked.id, by: .installation, through: .command)
    }
  }

  @Test func whatTheRootReadsIsWhatIsInstalled() async throws {
    let installation = try await TestInstallation()
    let terms = AuthorityTerms(name: try TestInstallation.authorityName("acme-corp"), purpose: .operational)
    let asked = try await installation.rootRequests.add(terms, by: .installation, through: .command)
    let request = try RootRequest.unverified(note: asked.note)
    let lines = request.text.contains("\nauthority: acme-corp\nkind: operational\n")
    #expect(lines)
    #expect(try RootRequest(text: request.text) == request)
    // The note with another name is not the installation's any more; nor is an answer to it one to this request.
    let altered = asked.note.replacing("authority: acme-corp", with: "authority: beta-corp")
    let key = try await RequestSigning(keys: installation.keys.online, organization: installation.organization).key
    #expect(throws: Refusal.self) { try RootRequest(note: altered, key: key) }
    let other = try await installation.rootHolder().answer(try RootRequest.unverified(note: altered))
    await #expect(throws: Refusal.self) {
      try await installation.rootRequests.install(other.text, for: asked.id, by: .installation, through: .command)
    }
    for line in ["authority: ", "kind: "] {
      let without = request.text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix(line) }.joined(separator: "\n")
      #expect(throws: Refusal.self) { try RootRequest(text: without) }
    }
  }
}

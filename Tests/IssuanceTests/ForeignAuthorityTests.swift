import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Authorities under somebody else's root.
@Suite(.serialized) struct ForeignAuthorityTests {
  private static func certificate(_ pem: String) throws -> Certificate {
    try Certificate(parsing: try #require(PEM.parse(pem)?.first).bytes)
  }

  @Test(arguments: [false, true])
  func itIssuesUnderTheirRoot(_ isTwoLevel: Bool) async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    let installation = try await TestInstallation()
    let (asked, request) = try await installation.askForeign("acme-corp")
    let issued = try await pki.certify(request, by: isTwoLevel ? "middle" : "root")
    let chain = try pki.chain(isTwoLevel: isTwoLevel)
    let installed = try await installation.installForeign(issued, chain: chain, for: asked)
    #expect(installed.state == .active && installed.name.rawValue == "acme-corp")
    try await installation.applyProfile("acme", authority: "acme-corp")
    let (_, given, record) = try await AddedAuthorityTests.enrolled("ACME-1", "acme", in: installation)
    #expect(record.authority == installed.id && record.purpose == "operational")
    let theirs = try Self.certificate(try pki.text("root.pem"))
    let now = installation.clock.now()
    _ = try RolloverTests.verify(given.certificate, through: given.chain, to: [theirs.encoded], at: now)
    #expect(given.chain.count == (isTwoLevel ? 2 : 1))
    try pki.folder.write("leaf.pem", PEM(label: "CERTIFICATE", bytes: given.certificate).text)
    try pki.folder.write("between.pem", given.chain.map { PEM(label: "CERTIFICATE", bytes: $0).text }.joined())
    try await pki.openssl([
      "verify", "-attime", "\(now.seconds)", "-CAfile", "root.pem", "-untrusted", "between.pem", "leaf.pem",
    ])

    // Its own profile gets their root, and ours, which the server shows; nobody else gets theirs.
    let own = try #require(installation.authorities.root).certificate
    let offered = try await installation.enrollment.authorityChains(label: ProfileName(rawValue: "acme"))
    #expect(offered.contains(theirs.encoded) && offered.last == own && offered.first == installed.certificate)
    for label in [nil, ProfileName(rawValue: "operational")] {
      let others = try await installation.enrollment.authorityChains(label: label)
      #expect(!others.contains(theirs.encoded) && !others.contains(installed.certificate))
    }
    // A second one under the same root finds it there.
    let (second, again) = try await installation.askForeign("beta-corp")
    try await installation.installForeign(
      try await pki.certify(again, by: isTwoLevel ? "middle" : "root"), chain: chain, for: second)
    #expect(installation.authorities.records.count { $0.purpose == .foreign } == (isTwoLevel ? 2 : 1))
  }

  @Test func renewalIsTheSameRoadAgain() async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    let installation = try await TestInstallation()
    let (asked, request) = try await installation.askForeign("acme-corp")
    let chain = try pki.chain(isTwoLevel: true)
    let old = try await installation.installForeign(
      try await pki.certify(request, by: "middle"), chain: chain, for: asked)
    try await installation.applyProfile("acme", authority: "acme-corp")
    let (device, before, _) = try await AddedAuthorityTests.enrolled("ACME-1", "acme", in: installation)

    let root = await #expect(throws: Refusal.self) {
      try await installation.rootRequests.renew(old.id, by: .installation, through: .command)
    }
    #expect(root?.hint?.contains("--request") == true)
    let next = try await installation.rootRequests.renewForeign(old.id, by: .installation, through: .command)
    let pem = PEM(label: "CERTIFICATE REQUEST", bytes: next.request).text
    let fresh = try await installation.installForeign(
      try await pki.certify(pem, by: "middle"), chain: chain, for: next)
    #expect(fresh.id != old.id && fresh.subject == old.subject && fresh.name == old.name)
    #expect(installation.authorities.authority(old.id)?.record.state == .retired)
    #expect(installation.authorities.active(fresh.name)?.record.id == fresh.id)
    let renewed = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: before))
    let offered = try await installation.enrollment.authorityChains(label: ProfileName(rawValue: "acme"))
    let theirs = try Self.certificate(try pki.text("root.pem"))
    for leaf in [before, renewed] {
      _ = try RolloverTests.verify(
        leaf.certificate, through: offered, to: [theirs.encoded], at: installation.clock.now())
    }
    // Whoever trusts one of the two keys alone believes what the other issued.
    _ = try RolloverTests.verify(
      renewed.certificate, through: offered, to: [old.certificate], at: installation.clock.now())
    // Their list is theirs to make, and our root's succession is nothing to them.
    for refused in [
      await #expect(throws: Refusal.self) {
        try await installation.rootRequests.revoke(old.id, reason: .superseded, by: .installation, through: .command)
      },
      await #expect(throws: Refusal.self) {
        try await installation.rootRequests.list(
          of: try #require(fresh.parent), by: .installation, through: .command)
      },
    ] { #expect(refused?.code == .conflict) }
    try await installation.succeedRoot()
    #expect(installation.authorities.active(fresh.name)?.root == theirs.encoded)
    let again = try await installation.enrollment.enroll(EnrollmentServiceTests.renew(device, with: renewed))
    _ = try RolloverTests.verify(
      again.certificate, through: again.chain, to: [theirs.encoded], at: installation.clock.now())
  }

  /// How a certificate is wrong, and what the refusal says.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let section: String
    let issuer: String
    let says: String
    var days = 3000
    var options: [String] = []
    /// The files of the chain.
    var chain = ["root.pem"]
    var testDescription: String { "\(section) by \(issuer): \(says)" }

    init(
      _ section: String, by issuer: String = "root", says: String, days: Int = 3000, options: [String] = [],
      chain: [String] = ["root.pem"]
    ) {
      (self.section, self.issuer, self.says) = (section, issuer, says)
      (self.days, self.options, self.chain) = (days, options, chain)
    }
  }

  private static let wrongs = [
    Wrong("leaf", says: "is no authority's"),
    Wrong("nolist", says: "may not sign certificates and lists"),
    Wrong("nousage", says: "may not sign certificates and lists"),
    Wrong("nokeyid", says: "no subjectKeyIdentifier"),
    Wrong("purposes", says: "extendedKeyUsage"),
    Wrong("names", says: "nameConstraints"),
    Wrong("unknown", says: "critical extension"),
    Wrong("authority", says: "outlives its issuer", days: 6000),
    Wrong("authority", says: "expired", days: 1),
    Wrong("authority", says: "and CN=Example Works acme-corp CA", options: ["-subj", "/CN=Somebody else"]),
    Wrong("authority", by: "middle", says: "does not chain to the root"),
    Wrong("authority", by: "middle", says: "holds 0 certificates", chain: ["middle.pem"]),
    Wrong("authority", says: "holds 2 certificates", chain: ["root.pem", "other.pem"]),
    Wrong("authority", says: "does not chain to the root", chain: ["other.pem"]),
    Wrong(
      "authority", by: "tight", says: "allows 0 authorities under it", days: 2000, chain: ["tight.pem", "root.pem"]),
    Wrong("authority", by: "tight", says: "does not chain", days: 2000, chain: ["root.pem", "forged.pem"]),
  ]

  @Test func whatTheyIssuedIsHeldToAllThatItsUseAsks() async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    try await Self.makeOthers(pki)
    let installation = try await TestInstallation()
    let (asked, request) = try await installation.askForeign("acme-corp")
    for wrong in Self.wrongs {
      let given = try await pki.certify(
        request, by: wrong.issuer, section: wrong.section, days: wrong.days, options: wrong.options)
      let chain = try wrong.chain.map { try pki.text($0) }.joined()
      let refused = await #expect(throws: Refusal.self, "\(wrong)") {
        try await installation.installForeign(given, chain: chain, for: asked)
      }
      #expect(refused?.reason.contains(wrong.says) == true, "\(wrong): \(refused as Any)")
      #expect(refused?.hint != nil, "\(wrong) names no cure")
    }
    // Of another key, and altered by a bit; then the right one, once.
    try await pki.openssl(["genpkey", "-algorithm", "ED25519", "-out", "thief.key"])
    let subject = "/O=Example Works/CN=Example Works acme-corp CA"
    let thief = try await pki.openssl(["req", "-new", "-key", "thief.key", "-subj", subject, "-config", "ca.cnf"])
    let chain = try pki.text("root.pem")
    let stolen = try await pki.certify(thief)
    let other = await #expect(throws: Refusal.self) {
      try await installation.installForeign(stolen, chain: chain, for: asked)
    }
    #expect(other?.reason.contains("another key") == true)
    let good = try await pki.certify(request)
    var altered = try #require(PEM.parse(good)?.first).bytes
    altered[altered.count - 1] ^= 1
    await #expect(throws: Refusal.self) {
      try await installation.installForeign(
        PEM(label: "CERTIFICATE", bytes: altered).text, chain: chain, for: asked)
    }
    #expect(!installation.authorities.records.contains { $0.purpose == .foreign || $0.givenName != nil })
    try await installation.installForeign(good, chain: chain, for: asked)
    let twice = await #expect(throws: Refusal.self) {
      try await installation.installForeign(good, chain: chain, for: asked)
    }
    #expect(twice?.code == .conflict)
  }

  private static func makeOthers(_ pki: ForeignPKI) async throws {
    for name in ["tight", "other", "forged"] {
      try await pki.openssl([
        "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "\(name).key",
      ])
    }
    func asked(_ key: String) async throws -> String {
      try await pki.openssl(
        ["req", "-new", "-key", "\(key).key", "-subj", "/O=Foreign/CN=Foreign Tight", "-config", "ca.cnf"])
    }
    try pki.folder.write("tight.pem", try await pki.certify(try await asked("tight"), section: "tight", days: 2500))
    // The name of the one, and another key.
    try pki.folder.write("forged.pem", try await pki.certify(try await asked("forged"), section: "upper", days: 2500))
    try await pki.openssl([
      "req", "-x509", "-new", "-key", "other.key", "-subj", "/O=Other/CN=Other Root", "-days", "5000", "-config",
      "ca.cnf", "-extensions", "upper", "-out", "other.pem",
    ])
  }

  @Test func trustSetsStayDisjoint() async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    let installation = try await TestInstallation()
    let administration = Administration(
      store: installation.store, organization: installation.organization, clock: installation.clock.now)
    let root = try #require(PEM.parse(try pki.text("root.pem"))?.first).bytes
    func trust() async throws {
      let terms = TrustTerms(
        name: "maker", certificate: root, profiles: ["operational"], manufacturer: "Maker", serialPrefix: nil)
      _ = try await administration.perform(TrustService().add(terms), by: .installation, through: .command)
    }
    try await trust()
    let (asked, request) = try await installation.askForeign("acme-corp")
    let issued = try await pki.certify(request)
    let chain = try pki.text("root.pem")
    let refused = await #expect(throws: Refusal.self) {
      try await installation.installForeign(issued, chain: chain, for: asked)
    }
    #expect(refused?.hint?.contains("trust remove maker") == true)
    _ = try await administration.perform(TrustService().remove("maker"), by: .installation, through: .command)
    try await installation.installForeign(issued, chain: chain, for: asked)
    await #expect(throws: Refusal.self) { try await trust() }

    // A root of the name of our own is nobody else's.
    let own = try #require(installation.authorities.root)
    let subject = try Certificate(parsing: own.certificate).subject
    let path = "/" + subject.description.split(separator: ",").reversed().joined(separator: "/")
    try await pki.openssl([
      "req", "-x509", "-new", "-key", "root.key", "-subj", path, "-days", "5000", "-config", "ca.cnf", "-extensions",
      "upper", "-utf8", "-out", "root.pem",
    ])
    let (other, again) = try await installation.askForeign("beta-corp")
    let given = try await pki.certify(again)
    let forged = try pki.text("root.pem")
    let mixed = await #expect(throws: Refusal.self) {
      try await installation.installForeign(given, chain: forged, for: other)
    }
    #expect(mixed?.code == .conflict, "\(mixed as Any)")
  }

  @Test func whoeverIsNoAdministratorAnyMoreInstallsNothing() async throws {
    let pki = try await ForeignPKI()
    defer { pki.folder.remove() }
    let installation = try await TestInstallation()
    let (asked, request) = try await installation.askForeign("acme-corp")
    let issued = try #require(PEM.parse(try await pki.certify(request))?.first).bytes
    let chain = try #require(PEM.parse(try pki.text("root.pem"))?.first).bytes
    let stranger = Actor(name: "gone", role: .administrator, fingerprint: [UInt8](repeating: 7, count: 32))
    await #expect(throws: Refusal.self) {
      try await installation.rootRequests.installForeign(
        issued, chain: [chain], for: asked.id, by: stranger, through: .rest)
    }
    let (organization, id) = (installation.organization, asked.id)
    let still = try await installation.store.read { try $0.authorityRequests(in: organization) }
    #expect(still.first { $0.id == id }?.installedAt == nil && installation.authorities.authority(id) == nil)
  }
}

import AuditLog
import Credentials
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats
import touchmark

/// Each check on an installation that is well, and on one where the thing that it looks for is wrong.
@Suite struct DoctorCheckTests {
  /// A real organization's store, read as the command reads it; everything else is as it should be.
  static func sound(withLab: Bool = false) async throws -> (Examination, TestInstallation) {
    let installation = try await TestInstallation(withLab: withLab)
    var examination = Examination(
      path: installation.folder, isDemonstration: false, publicHTTP: "http://pki.example.com",
      listenHTTPS: "0.0.0.0:8443", listenHTTP: "0.0.0.0:8080", now: installation.clock.now(), machine: StubMachine())
    examination = try await examination.reading(installation.store, installation.organization)
    for authority in examination.authorities where examination.lists[authority.id] == nil {
      examination.lists[authority.id] = list(of: authority.id, at: examination.now)
    }
    examination.log.checkpoint = StoredCheckpoint(
      size: examination.log.frontier.size, root: examination.log.frontier.root, note: "", at: examination.now)
    examination.latestBackup = examination.now - .hours(8)
    if let first = examination.administrators.first { examination.administrators.append(first) }
    return (examination, installation)
  }

  static func list(of authority: AuthorityID, at now: Instant, for life: Span = .days(365)) -> RevocationList {
    RevocationList(authority: authority, number: 1, thisUpdate: now, nextUpdate: now + life, encoded: [])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let check: any DoctorCheck.Type
    let severity: Severity
    let says: String
    /// Makes it wrong.
    let spoil: @Sendable (inout Examination, inout StubMachine) throws -> Void
    var testDescription: String { "\(check.name), \(severity)" }

    init(
      _ check: any DoctorCheck.Type, _ severity: Severity, _ says: String,
      _ spoil: @escaping @Sendable (inout Examination, inout StubMachine) throws -> Void
    ) {
      (self.check, self.severity, self.says, self.spoil) = (check, severity, says, spoil)
    }
  }

  static let cases: [Case] = [
    Case(AddressesPublic.self, .error, "point at the machine") { e, _ in e.publicHTTP = "http://127.0.0.1:8080" },
    Case(AddressesPublic.self, .note, "point at the machine") { e, _ in
      (e.publicHTTP, e.isDemonstration) = ("http://localhost:8080", true)
    },
    Case(AddressesAnswer.self, .error, "does not answer") { _, _ in },
    Case(ServerAnswers.self, .warning, "no server runs") { _, _ in },
    Case(DoorsOpen.self, .warning, "the limit connections is turned off") { e, _ in e.limits["connections"] = 0 },
    Case(DoorsOpen.self, .warning, "listens to everybody") { e, _ in e.isDemonstration = true },
    Case(DoorsOpen.self, .note, "on this machine alone") { e, _ in
      (e.listenHTTPS, e.listenHTTP) = ("127.0.0.1:8443", "127.0.0.1:8080")
    },
    Case(KeysHome.self, .warning, "on the same disk") { _, m in m.secrets["keys"] = .machineLocal },
    Case(KeysHome.self, .warning, "the keys of root are opened by a secret on the same disk") { _, m in
      (m.secrets["root"], m.secrets["successor"]) = (.machineLocal, .passphrase)
    },
    Case(KeysHome.self, .error, "there are no keys") { _, m in m.secrets = [:] },
    Case(FilesPrivate.self, .error, "can be read by others, for example admin.key") { e, m in
      m.modes = [String(e.path.split(separator: "/").last ?? ""): 0o755, "admin.key": 0o644, "root.pem": 0o644]
    },
    Case(RootOnMachine.self, .warning, "root and successor lie") { _, m in
      (m.secrets["root"], m.secrets["successor"]) = (.passphrase, .machineLocal)
    },
    Case(RootControl.self, .note, "one person can act on the root") { _, _ in },
    Case(RootControl.self, .warning, "2 of 3 approvers for acts on the root ends at") { e, _ in
      e.rootApprovers = .init(persons: 3, threshold: 2, expires: e.now + .days(89))
    },
    Case(RootControl.self, .error, "ended at") { e, _ in
      e.rootApprovers = .init(persons: 3, threshold: 2, expires: e.now - .days(1))
    },
    Case(RootCRL.self, .warning, "ends at") { e, _ in e.now = e.now + .days(330) },
    Case(RootCRL.self, .error, "ended at") { e, _ in e.now = e.now + .days(366) },
    Case(RootCRL.self, .error, "has no CRL") { e, _ in e.lists = [:] },
    Case(AuthorityCRLs.self, .error, "ended at") { e, _ in e.now = e.now + .days(366) },
    Case(AuthorityCRLs.self, .warning, "is late") { e, _ in e.now = e.now + .days(300) },
    Case(AuthoritiesEnding.self, .warning, "shortens what it issues") { e, _ in
      for index in e.authorities.indices { e.authorities[index].notAfter = e.now + .days(89) }
    },
    Case(AuthoritiesEnding.self, .error, "ended at") { e, _ in
      for index in e.authorities.indices { e.authorities[index].notAfter = e.now - .days(1) }
    },
    Case(InstallationCertificatesCheck.self, .error, "no administrator has a certificate") { e, _ in
      e.now = e.now + .days(3650)
    },
    Case(InstallationCertificatesCheck.self, .warning, "ends at") { e, _ in
      if let certificate = e.administrators.first?.certificate { e.now = certificate.notAfter - .days(1) }
    },
    Case(ServerCertificates.self, .warning, "the server ends at") { e, m in
      own(&e, &m, left: .days(7))
    },
    Case(ServerCertificates.self, .error, "the server ended at") { e, m in own(&e, &m, left: .seconds(0)) },
    Case(ServerCertificates.self, .error, "the server is revoked") { e, m in
      own(&e, &m, left: .days(20))
      e.ownCertificates[0].isRevoked = true
    },
    Case(AdministratorsCheck.self, .warning, "only one administrator") { e, _ in e.administrators.removeLast() },
    Case(AdministratorsCheck.self, .warning, "key lies in the data folder") { _, m in m.files = ["admin.key"] },
    Case(ProfilesOpen.self, .warning, "open takes any name") { e, _ in
      try e.profiles.append(profile { $0.replacing("ask: [", with: "honor: [subject-alternative-names]\nask: [") })
    },
    Case(ProfilesOpen.self, .warning, "open gives codeSigning") { e, _ in
      try e.profiles.append(profile { $0.replacing("[clientAuth]", with: "[clientAuth, codeSigning]") })
    },
    Case(ProfilesBuiltIn.self, .note, "gateway: as an older version made it") { e, _ in
      for index in e.profiles.indices where e.profiles[index].name.rawValue == "gateway" {
        e.profiles[index].document += "# as it was\n"
      }
    },
    Case(ProfilesOpen.self, .error, "open cannot be read") { e, _ in
      try e.profiles.append(profile { $0.replacing("[clientAuth]", with: "[OCSPSigning]") })
    },
    Case(ProtocolsOpen.self, .note, "keys are made here under open") { e, _ in
      try e.profiles.append(profile { $0 + "\nserver-key-generation: allowed\n" })
    },
    Case(GrantsOpen.self, .warning, "lets 5000 more in") { e, _ in e.grants = [try grant(uses: 5000)] },
    Case(ClockCheck.self, .error, "something was written at") { e, _ in e.now = e.now - .hours(1) },
    Case(ClockCheck.self, .warning, "the machine's own clock says") { e, m in m.hardware = e.now + .hours(27) },
    Case(DiskRoom.self, .error, "MiB are free") { _, m in m.free = 100 << 20 },
    Case(DiskRoom.self, .warning, "MiB are free") { _, m in m.free = 1 << 30 },
    Case(DiskSync.self, .error, "no disk is that fast") { _, m in m.syncs = [.nanoseconds(400)] },
    Case(DiskSync.self, .warning, "each enrollment waits") { _, m in m.syncs = [.milliseconds(80)] },
    Case(DiskSync.self, .error, "lies in memory") { _, m in m.inMemory = true },
    Case(DiskSync.self, .error, "nothing can be written") { _, m in m.syncs = nil },
    Case(BackupAge.self, .error, "there is none") { e, _ in e.latestBackup = nil },
    Case(BackupAge.self, .warning, "the last one is of") { e, _ in e.latestBackup = e.now - .days(3) },
    Case(LogEdge.self, .error, "a checkpoint covers") { e, _ in e.log.frontier = MerkleFrontier() },
    Case(LogEdge.self, .warning, "no checkpoint was signed") { e, _ in e.log.checkpoint = nil },
  ]

  @Test(arguments: cases) func findsWhatIsWrong(_ wrong: Case) async throws {
    var (examination, _) = try await Self.sound()
    var machine = StubMachine()
    try wrong.spoil(&examination, &machine)
    examination.machine = machine
    let verdict = await wrong.check.examine(examination)
    #expect(verdict.severity == wrong.severity, "\(verdict)")
    #expect(verdict.text.contains(wrong.says), "\(verdict)")
    #expect(wrong.severity <= wrong.check.severity, "--list says that it is never worse")
  }

  @Test func theLabIsAnErrorOutsideADemonstration() async throws {
    var (examination, _) = try await Self.sound(withLab: true)
    #expect(await LabPresent.examine(examination).severity == .error)
    examination.isDemonstration = true
    #expect(await LabPresent.examine(examination).severity == .note)
  }

  /// Every check that needs neither a server nor the network.
  @Test func findsNothingWhereNothingIsWrong() async throws {
    let (examination, _) = try await Self.sound()
    for check in Doctor.checks where ![AddressesAnswer.name, ServerAnswers.name].contains(check.name) {
      let verdict = await check.examine(examination)
      #expect(verdict.severity ?? .note == .note, "\(check.name): \(verdict)")
    }
  }

  @Test func everyCheckHasATestThatMakesItFail() {
    let tested = Set(Self.cases.map { $0.check.name } + [LabPresent.name])
    #expect(tested == Set(Doctor.checks.map { $0.name }))
    for check in Doctor.checks {
      let worst = Self.cases.filter { $0.check.name == check.name }.map { $0.severity }.max() ?? .error
      let isServer = check.name == ServerAnswers.name
      #expect(worst == check.severity || isServer, "\(check.name) is tested at its worst")
    }
  }

  /// A server that runs, with a certificate of thirty days of which so much is left.
  private static func own(_ examination: inout Examination, _ machine: inout StubMachine, left: Span) {
    machine.files = ["serving.json"]
    examination.ownCertificates = [
      .init(
        holder: "the server", notBefore: examination.now + left - .days(30), notAfter: examination.now + left)
    ]
  }

  /// In time: a third of the life is left when it is replaced.
  @Test func aServerThatRenewsInTimeIsWell() async throws {
    var (examination, _) = try await Self.sound()
    var machine = StubMachine()
    Self.own(&examination, &machine, left: .days(10))
    machine.hardware = examination.now - .hours(13)
    examination.machine = machine
    #expect(await ServerCertificates.examine(examination).severity == nil)
    #expect(await ClockCheck.examine(examination).severity == nil)
  }

  private static func profile(_ change: (String) -> String) throws -> ProfileRecord {
    let document = try #require(BuiltInProfiles.texts.first { $0.contains("name: operational") })
    let name = try #require(ProfileName(rawValue: "open"))
    return ProfileRecord(
      name: name, version: 1, document: change(document.replacing("name: operational", with: "name: open")),
      digest: [], appliedAt: .present, appliedBy: "test")
  }

  private static func grant(uses: Int) throws -> GrantRecord {
    let organization = try #require(OrganizationID(rawValue: "acme"))
    return GrantRecord(
      name: try #require(GrantName(rawValue: "grant-1")), organization: organization, secretHash: [],
      profile: try #require(ProfileName(rawValue: "operational")), uses: uses, expiresAt: .noExpiry,
      createdAt: .present, createdBy: "test")
  }
}

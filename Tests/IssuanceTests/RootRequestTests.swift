import AuditLog
import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// What travels to a root and back, and everything about it that is not believed.
@Suite struct RootRequestTests {
  struct Scene {
    let installation: TestInstallation
    let record: RootRequestRecord
    let request: RootRequest
    let key: NoteKey

    init() async throws {
      installation = try await TestInstallation()
      let old = try #require(installation.authorities.active(.operational))
      record = try await installation.rootRequests.renew(old.record.id, by: .installation, through: .command)
      request = try RootRequest.unverified(note: record.note)
      key = try await RequestSigning(keys: installation.keys.online, organization: installation.organization).key
    }

    func install(_ text: String, as id: RootRequestID? = nil) async throws {
      _ = try await installation.rootRequests.install(
        text, for: id ?? record.id, by: .installation, through: .command)
    }

    func refuses(_ text: String, _ code: Refusal.Code, at location: SourceLocation = #_sourceLocation) async throws {
      let refusal = await #expect(throws: Refusal.self, sourceLocation: location) { try await install(text) }
      #expect(refusal?.code == code, "\(String(describing: refusal))", sourceLocation: location)
    }
  }

  @Test func aPersonReadsWhatIsAsked() async throws {
    let scene = try await Scene()
    let text = scene.request.text
    #expect(text.hasPrefix("touchmark/root-request/v1\nrequest: ask-"))
    for line in [
      "name: Example Works", "act: renew-authority", "asked-by: administrator:touchmark",
      "address: http://pki.example.com", "certify: authority", "by-name: CN=Example Works Root R1,O=Example Works",
      "for-name: CN=Example Works Operational CA 1,O=Example Works", "expires: 2027-01-29T08:00:00Z",
    ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
    #expect(try RootRequest(note: scene.record.note, key: scene.key) == scene.request)
  }

  @Test func noLetterOfARequestCanBeChanged() async throws {
    let scene = try await Scene()
    let octets = Array(scene.request.text.utf8)
    for index in stride(from: 0, to: octets.count, by: 7) {
      var changed = octets
      changed[index] = changed[index] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
      let note = scene.record.note.replacing(scene.request.text, with: String(decoding: changed, as: UTF8.self))
      #expect(throws: Refusal.self) { try RootRequest(note: note, key: scene.key) }
    }
    let other = try #require(NoteKey(name: scene.key.name, publicKey: [UInt8](repeating: 9, count: 32)))
    #expect(throws: Refusal.self) { try RootRequest(note: scene.record.note, key: other) }
  }

  /// The lines for people are derived from the others; one that says something else is no request, whoever signed it.
  @Test(arguments: ["for-name: CN=Harmless", "by-sha256: 00", "for-key: P-256 sha256 00", "by-name: CN=Other"])
  func linesForPeopleFitTheRest(_ line: String) async throws {
    let scene = try await Scene()
    let name = line.prefix { $0 != ":" }
    let lines = scene.request.text.split(separator: "\n", omittingEmptySubsequences: false)
    let changed = lines.map { $0.hasPrefix("\(name): ") ? Substring(line) : $0 }.joined(separator: "\n")
    #expect(changed != scene.request.text)
    #expect(throws: Refusal.self) { try RootRequest(text: changed) }
  }

  @Test func theHolderSignsWithItsOwnRootAndInTimeOnly() async throws {
    let scene = try await Scene()
    let installation = scene.installation
    let stranger = try SmallAuthority(name: "Root", at: installation.clock.now())
    let root = try #require(scene.request.issuers.first)
    let foreign = RootHolder(keys: [root: stranger.key], clock: installation.clock.now)
    await #expect(throws: Refusal.self) { _ = try await foreign.answer(scene.request) }
    await #expect(throws: Refusal.self) {
      _ = try await RootHolder(keys: [:], clock: installation.clock.now).answer(scene.request)
    }
    installation.clock.advance(by: .days(15))
    let late = await #expect(throws: Refusal.self) { _ = try await installation.rootHolder().answer(scene.request) }
    #expect(late?.code == .expired)
  }

  @Test func onlyTheAnswerToTheVeryRequestIsInstalled() async throws {
    let scene = try await Scene()
    let installation = scene.installation
    let text = try await installation.answer(scene.record).text
    try await scene.refuses("nothing", .badRequest)
    try await scene.refuses(text.replacing("\(scene.record.id)", with: "ask-000000000000"), .badRequest)
    try await scene.refuses(text + "certificate: AAAA\n", .badRequest)
    var other = scene.request
    other.askedBy = "administrator:another"
    try await scene.refuses(RootAnswer(to: other, parts: []).text, .badRequest)
    try await scene.refuses(RootAnswer(to: scene.request, parts: []).text, .badRequest)
    let unknown = RootRequestID(rawValue: "ask-" + String(repeating: "0", count: 12))
    let another = try #require(unknown)
    await #expect(throws: Refusal.self) { try await scene.install(text, as: another) }
    try await scene.install(text)
    try await scene.refuses(text, .conflict)
  }

  /// What the root's key signed is looked at as if a stranger had: name, key, end, use and issuer.
  @Test func aCertificateThatIsNotWhatWasAskedForIsRefused() async throws {
    let scene = try await Scene()
    guard case .certify(let task)? = scene.request.tasks.first else { throw Refusal(.badRequest, "no task") }
    var changes: [CertifyTask] = []
    for index in 0..<4 {
      var changed = task
      switch index {
      case 0: changed.name = task.issuer.certificate.subject
      case 1: changed.publicKey = try SoftwareKey.generate(.p256).publicKey
      case 2: changed.notAfter = task.notAfter - .days(1)
      default: changed.kind = .newWithOld
      }
      changes.append(changed)
    }
    let holder = try scene.installation.rootHolder()
    for changed in changes {
      var forged = scene.request
      forged.tasks = [.certify(changed)]
      let answer = try await holder.answer(forged)
      try await scene.refuses(RootAnswer(to: scene.request, parts: answer.parts).text, .badRequest)
    }
    let successor = try #require(scene.installation.authorities.records.first { $0.purpose == .successor })
    var wrongRoot = task
    wrongRoot.issuer = RootReference(id: successor.id, certificate: try Certificate(parsing: successor.certificate))
    var forged = scene.request
    forged.tasks = [.certify(wrongRoot)]
    let answer = try await holder.answer(forged)
    try await scene.refuses(RootAnswer(to: scene.request, parts: answer.parts).text, .badRequest)
  }

  @Test func anAnswerComesTooLateAfterTheRequestsEnd() async throws {
    let scene = try await Scene()
    let text = try await scene.installation.answer(scene.record).text
    scene.installation.clock.advance(by: .days(15))
    try await scene.refuses(text, .expired)
  }

  @Test func twoRequestsForOneAuthorityRenewItOnce() async throws {
    let scene = try await Scene()
    let second = try await scene.installation.rootRequests.renew(
      scene.request.subject, by: .installation, through: .command)
    try await scene.install(try await scene.installation.answer(scene.record).text)
    let refused = await #expect(throws: Refusal.self) { try await scene.installation.carryOut(second) }
    #expect(refused?.code == .conflict)
    #expect(scene.installation.authorities.records.filter { $0.purpose == .operational }.count == 2)
  }

  @Test func refusalsAndActsAreInTheLog() async throws {
    let scene = try await Scene()
    try await scene.refuses("nothing", .badRequest)
    try await scene.install(try await scene.installation.answer(scene.record).text)
    let organization = scene.installation.organization
    let entries = try await scene.installation.store.read {
      try $0.auditEntries(after: nil, limit: 1000, subject: nil, in: organization)
    }
    let acts = try entries.compactMap(\.entry).map { try AuditEntry(decoding: $0) }.map { "\($0.act) \($0.outcome)" }
    #expect(acts.suffix(3) == ["root.ask ok", "root.install refused", "authority.renew ok"])
  }
}

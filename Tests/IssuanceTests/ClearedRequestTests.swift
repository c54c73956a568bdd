import Approval
import AuditLog
import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// The one way to a root's key: a request that nobody has to approve, or that enough persons did.
@Suite struct ClearedRequestTests {
  struct Scene {
    let installation: TestInstallation
    let people: [(name: String, key: SoftwareKey, note: NoteKey)]

    init() async throws {
      installation = try await TestInstallation()
      let organization = installation.organization.rawValue
      people = try ["ann", "ben", "cat"].map { name in
        let key = try SoftwareKey.generate(.ed25519)
        let note = NoteKey(
          name: Statement.keyName(of: name, in: organization), publicKey: key.publicKey.encoded.suffix(32))
        return (name, key, try #require(note))
      }
    }

    func signed(_ text: String, by names: [String]) throws -> String {
      try names.reduce(SignedNote(unsigned: text)) { note, name in
        let person = try #require(people.first { $0.name == name })
        let signature = try person.key.signature(over: Array(text.utf8))
        return note.adding(
          NoteSignature(name: person.note.name, keyHash: person.note.keyHash, signature: signature))
      }.description
    }

    func document(_ names: [String], number: Int64) -> ApproverDocument {
      ApproverDocument(
        organization: installation.organization.rawValue, purpose: RootStatement.purpose, number: number, threshold: 2,
        expires: installation.clock.now() + .days(900),
        approvers: people.filter { names.contains($0.name) }.map { .init(person: $0.name, key: $0.note) })
    }

    func install(_ note: String) async throws {
      let administration = Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now)
      _ = try await administration.perform(
        TrustBundleService().install(approvers: note), by: .installation, through: .command)
    }

    func ask() async throws -> (record: RootRequestRecord, request: RootRequest) {
      let old = try #require(installation.authorities.active(.operational))
      let record = try await installation.rootRequests.renew(old.record.id, by: .installation, through: .command)
      return (record, try RootRequest.unverified(note: record.note))
    }

    func cleared(_ asked: (record: RootRequestRecord, request: RootRequest), by names: [String]) throws
      -> ClearedRequest
    {
      let statement = try RootApproval.statement(for: asked.request, note: asked.record.note)
      return try ClearedRequest(
        asked.request, note: asked.record.note, approval: try signed(statement.text, by: names),
        at: installation.clock.now())
    }
  }

  private func refusal(_ body: () throws -> Void) -> Refusal? {
    do {
      try body()
      return nil
    } catch { return error as? Refusal }
  }

  @Test func aRequestCarriesItsApproversAndNobodyLeavesThemOut() async throws {
    let scene = try await Scene()
    let free = try await scene.ask()
    #expect(free.request.approvers.isEmpty)
    let first = try scene.signed(scene.document(["ann", "ben"], number: 1).text, by: ["ann", "ben"])
    try await scene.install(first)
    let now = scene.installation.clock.now()
    let pin = try ApproverPin(note: first)
    #expect(ApproverPin("\(pin)") == pin)
    // Asked before there were approvers: the root's place knows them all the same, and so does the server.
    let left = refusal { _ = try ClearedRequest(free.request, note: free.record.note, pinned: [pin], at: now) }
    #expect(left?.code == .forbidden && left?.hint?.contains("approver sign") == true)
    let old = try await scene.installation.rootHolder().answer(free.request)
    let stale = await #expect(throws: Refusal.self) {
      try await scene.installation.rootRequests.install(
        old.text, for: free.record.id, by: .installation, through: .command)
    }
    #expect(stale?.code == .conflict && stale?.hint?.contains("approver sign") == true)

    let asked = try await scene.ask()
    #expect(asked.request.approvers == [first])
    #expect(try RootRequest(text: asked.request.text) == asked.request)
    await #expect(throws: Refusal.self) { _ = try await scene.installation.rootHolder().answer(asked.request) }
    let alone = refusal { _ = try scene.cleared(asked, by: ["ann"]) }
    #expect(alone?.code == .forbidden && alone?.hint?.contains("approver sign") == true, "\(String(describing: alone))")
    let both = try scene.cleared(asked, by: ["ann", "ben"])
    let answer = try await scene.installation.rootHolder().answer(both)
    #expect(try RootAnswer(text: answer.text) == answer)
    _ = try await scene.installation.rootRequests.install(
      answer.text, for: asked.record.id, by: .installation, through: .command)
  }

  @Test func whoLeftTheDocumentApprovesNoMore() async throws {
    let scene = try await Scene()
    let first = try scene.signed(scene.document(["ann", "ben"], number: 1).text, by: ["ann", "ben"])
    try await scene.install(first)
    let early = try await scene.ask()
    let cleared = try scene.cleared(early, by: ["ann", "ben"])
    let second = try scene.signed(scene.document(["ben", "cat"], number: 2).text, by: ["ann", "ben", "cat"])
    try await scene.install(second)
    // What version 1 approved is void where version 2 is in force, and where it is pinned.
    let answer = try await scene.installation.rootHolder().answer(cleared)
    let void = await #expect(throws: Refusal.self) {
      try await scene.installation.rootRequests.install(
        answer.text, for: early.record.id, by: .installation, through: .command)
    }
    #expect(void?.code == .conflict)
    let now = scene.installation.clock.now()
    let pins = [try ApproverPin(note: second)]
    #expect(
      refusal { _ = try ClearedRequest(early.request, note: early.record.note, pinned: pins, at: now) }?.code
        == .forbidden)
    let asked = try await scene.ask()
    #expect(refusal { _ = try scene.cleared(asked, by: ["ann", "ben"]) } != nil)
    _ = try scene.cleared(asked, by: ["ben", "cat"])
    // Version 1 alone is still a root's way to version 2.
    let statement = try RootApproval.statement(for: asked.request, note: asked.record.note)
    _ = try ClearedRequest(
      asked.request, note: asked.record.note, approval: try scene.signed(statement.text, by: ["cat", "ben"]),
      pinned: [try ApproverPin(note: first)], at: now)
    scene.installation.clock.advance(by: .days(15))
    #expect(refusal { _ = try scene.cleared(asked, by: ["ben", "cat"]) }?.code == .expired)
  }
}

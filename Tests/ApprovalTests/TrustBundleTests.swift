import Approval
import AuditLog
import Credentials
import Crypto
import TestKit
import Testing
import WireFormats

/// Approvers who made their own keys, and what a device takes of what they signed.
struct ApprovalScene {
  static let organization = "org-test"
  static let now = Instant(seconds: 1_800_000_000)

  struct Person {
    let name: String
    let key = Curve25519.Signing.PrivateKey()
    /// Tells apart two keys of one person.
    var suffix = ""

    var noteKey: NoteKey {
      NoteKey(
        name: Statement.keyName(of: name, in: ApprovalScene.organization) + suffix,
        publicKey: key.publicKey.rawRepresentation)!
    }

    func sign(_ text: String) throws -> NoteSignature {
      let signature = try key.signature(for: Array(text.utf8))
      return NoteSignature(name: noteKey.name, keyHash: noteKey.keyHash, signature: Array(signature))
    }
  }

  let ann = Person(name: "ann")
  let ben = Person(name: "ben")
  let cho = Person(name: "cho")
  let root: [UInt8]

  init() throws { root = try SmallAuthority(name: "Root", at: Self.now).certificate.encoded }

  func document(
    _ persons: [Person]? = nil, number: Int64 = 1, threshold: Int = 2, organization: String = organization,
    purpose: String = TrustBundle.purpose, expires: Instant = now + .days(365)
  ) -> ApproverDocument {
    ApproverDocument(
      organization: organization, purpose: purpose, number: number, threshold: threshold, expires: expires,
      approvers: (persons ?? [ann, ben, cho]).map { .init(person: $0.name, key: $0.noteKey) })
  }

  func bundle(
    number: Int64 = 5, organization: String = organization, expires: Instant = now + .days(30), approvers: Int64 = 1,
    author: String = "dan"
  ) -> TrustBundle {
    TrustBundle(
      organization: organization, number: number, expires: expires, approvers: approvers, author: author, roots: [root])
  }

  func note(_ text: String, _ persons: [Person]) throws -> String {
    try persons.reduce(SignedNote(unsigned: text)) { $0.adding(try $1.sign(text)) }.description
  }

  func verify(
    _ note: String, approvers: ApproverDocument? = nil, organization: String = organization, held: Int64 = 4,
    at time: Instant? = now
  ) throws(ApprovalError) -> TrustBundle {
    try TrustBundle.verify(
      note, organization: organization, approvers: approvers ?? document(), held: held, at: time)
  }
}

@Suite struct TrustBundleTests {
  let scene: ApprovalScene

  init() throws { scene = try ApprovalScene() }

  private func refuses(
    _ expected: ApprovalError, at location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    #expect(throws: expected, sourceLocation: location) { try body() }
  }

  @Test func whatEnoughPersonsSignedIsTaken() throws {
    let text = scene.bundle().text
    for persons in [[scene.ann, scene.ben], [scene.ben, scene.cho], [scene.ann, scene.ben, scene.cho]] {
      #expect(try scene.verify(scene.note(text, persons)) == scene.bundle())
    }
    // Lines of keys that are not known say nothing for it and nothing against it.
    let stranger = ApprovalScene.Person(name: "eve")
    #expect(try scene.verify(scene.note(text, [stranger, scene.ann, scene.ben])).number == 5)
  }

  @Test func tooFewPersonsAreNotEnough() throws {
    let text = scene.bundle().text
    refuses(.tooFewApprovers(1, of: 2)) { _ = try scene.verify(scene.note(text, [scene.ann])) }
    refuses(.tooFewApprovers(0, of: 2)) {
      _ = try scene.verify(scene.note(text, [ApprovalScene.Person(name: "ann")]))
    }
    refuses(.tooFewApprovers(2, of: 3)) {
      _ = try scene.verify(
        scene.note(text, [scene.ann, scene.ben]), approvers: scene.document(threshold: 3))
    }
  }

  @Test func onePersonTwiceCountsOnce() throws {
    let text = scene.bundle().text
    refuses(.tooFewApprovers(1, of: 2)) { _ = try scene.verify(scene.note(text, [scene.ann, scene.ann])) }
    let second = ApprovalScene.Person(name: "ann", suffix: "-2")
    let document = scene.document([scene.ann, second, scene.ben])
    refuses(.tooFewApprovers(1, of: 2)) {
      _ = try scene.verify(scene.note(text, [scene.ann, second]), approvers: document)
    }
    #expect(try scene.verify(scene.note(text, [second, scene.ben]), approvers: document).number == 5)
  }

  @Test func theAuthorIsNoApprover() throws {
    let text = scene.bundle(author: "ann").text
    refuses(.tooFewApprovers(1, of: 2)) { _ = try scene.verify(scene.note(text, [scene.ann, scene.ben])) }
    #expect(try scene.verify(scene.note(text, [scene.ben, scene.cho])).author == "ann")
  }

  @Test func anotherOrganizationsBundleIsRefused() throws {
    let text = scene.bundle(organization: "org-other").text
    refuses(.wrongOrganization("org-other")) { _ = try scene.verify(scene.note(text, [scene.ann, scene.ben])) }
    refuses(.wrongOrganization("org-other")) {
      _ = try scene.verify(
        scene.note(scene.bundle().text, [scene.ann, scene.ben]), approvers: scene.document(organization: "org-other"))
    }
  }

  @Test func itsTimeEndsForWhoeverHasATimeToBelieve() throws {
    let note = try scene.note(scene.bundle().text, [scene.ann, scene.ben])
    refuses(.expired) { _ = try scene.verify(note, at: ApprovalScene.now + .days(31)) }
    refuses(.expired) {
      _ = try scene.verify(note, approvers: scene.document(expires: ApprovalScene.now - .days(1)))
    }
    #expect(try scene.verify(note, at: nil).number == 5)
  }

  @Test(arguments: [5, 6, Int64.max]) func itsNumberMustGrow(_ held: Int64) throws {
    let note = try scene.note(scene.bundle().text, [scene.ann, scene.ben])
    refuses(.notNewer(held)) { _ = try scene.verify(note, held: held) }
  }

  @Test func approversForSomethingElseOrOfAnotherVersionDoNotCount() throws {
    let note = try scene.note(scene.bundle().text, [scene.ann, scene.ben])
    refuses(.wrongPurpose("releases")) { _ = try scene.verify(note, approvers: scene.document(purpose: "releases")) }
    refuses(.wrongDocument(1)) { _ = try scene.verify(note, approvers: scene.document(number: 2)) }
  }

  @Test func noLetterCanBeChanged() throws {
    let note = Array(try scene.note(scene.bundle().text, [scene.ann, scene.ben]).utf8)
    for index in stride(from: 0, to: note.count - 1, by: 5) {
      var changed = note
      changed[index] = changed[index] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
      #expect(throws: ApprovalError.self) { try scene.verify(String(decoding: changed, as: UTF8.self)) }
    }
  }

  @Test func aSignatureInAnApproversNameThatIsNoneIsRefused() throws {
    let text = scene.bundle().text
    let wrong = try scene.cho.sign("another text\n")
    let note = try SignedNote(parsing: scene.note(text, [scene.ann, scene.ben])).adding(wrong)
    refuses(.badSignature(scene.cho.noteKey.name)) { _ = try scene.verify(note.description) }
  }

  @Test func onlyRootsAreRoots() throws {
    let authority = try SmallAuthority(name: "Root", at: ApprovalScene.now)
    let leaf = try authority.issue("leaf", at: ApprovalScene.now).encoded
    var bundle = scene.bundle()
    bundle.roots = [leaf]
    refuses(.malformed("root")) { _ = try scene.verify(scene.note(bundle.text, [scene.ann, scene.ben])) }
    bundle.roots = []
    #expect(throws: ApprovalError.self) { try TrustBundle(text: bundle.text) }
    bundle.roots = [scene.root, scene.root]
    #expect(throws: ApprovalError.self) { try TrustBundle(text: bundle.text) }
  }
}

@Suite struct ApproverDocumentTests {
  let scene: ApprovalScene

  init() throws { scene = try ApprovalScene() }

  private func first(_ note: String) throws(ApprovalError) -> ApproverDocument {
    try .first(
      note: note, organization: ApprovalScene.organization, purpose: TrustBundle.purpose, at: ApprovalScene.now)
  }

  @Test func everyoneInTheFirstVersionSignsIt() throws {
    let document = scene.document()
    #expect(try first(scene.note(document.text, [scene.ann, scene.ben, scene.cho])) == document)
    #expect(throws: ApprovalError.unprovenKey("cho")) { try first(scene.note(document.text, [scene.ann, scene.ben])) }
    let second = scene.document(number: 2)
    #expect(throws: ApprovalError.wrongDocument(2)) {
      try first(scene.note(second.text, [scene.ann, scene.ben, scene.cho]))
    }
  }

  @Test func eachVersionIsSignedByEnoughOfTheOneBefore() throws {
    let dee = ApprovalScene.Person(name: "dee")
    let document = scene.document()
    let next = scene.document([scene.ben, scene.cho, dee], number: 2)
    #expect(try document.next(note: scene.note(next.text, [scene.ann, scene.ben, dee]), at: ApprovalScene.now) == next)
    #expect(throws: ApprovalError.tooFewApprovers(1, of: 2)) {
      try document.next(note: scene.note(next.text, [scene.ben, dee]), at: ApprovalScene.now)
    }
    #expect(throws: ApprovalError.unprovenKey("dee")) {
      try document.next(note: scene.note(next.text, [scene.ann, scene.ben]), at: ApprovalScene.now)
    }
    let far = scene.document(number: 3)
    #expect(throws: ApprovalError.wrongDocument(3)) {
      try document.next(note: scene.note(far.text, [scene.ann, scene.ben]), at: ApprovalScene.now)
    }
    #expect(throws: ApprovalError.notNewer(1)) {
      try document.next(note: scene.note(document.text, [scene.ann, scene.ben]), at: ApprovalScene.now)
    }
  }

  @Test(arguments: [0, 1, 4]) func onePersonAloneIsNeverEnoughAndNobodyIsAskedTooMuch(_ threshold: Int) throws {
    #expect(throws: ApprovalError.malformed("threshold")) {
      try ApproverDocument(text: scene.document(threshold: threshold).text)
    }
  }

  @Test func twoKeysOfOnePersonAreNotTwoPersons() throws {
    let second = ApprovalScene.Person(name: "ann", suffix: "-2")
    #expect(throws: ApprovalError.malformed("threshold")) {
      try ApproverDocument(text: scene.document([scene.ann, second]).text)
    }
    #expect(throws: ApprovalError.malformed("approver")) {
      try ApproverDocument(text: scene.document([scene.ann, scene.ann, scene.ben]).text)
    }
  }
}

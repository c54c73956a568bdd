import Approval
import AuditLog
import KeyCustody
import TestKit
import Testing
import WireFormats

/// What approvers sign before a root's key is used, and everything about it that is not taken.
@Suite struct RootStatementTests {
  struct Person {
    let name: String
    let key: SoftwareKey
    let note: NoteKey

    init(_ name: String, suffix: String = "") throws {
      self.name = name
      key = try SoftwareKey.generate(.ed25519)
      note = try #require(
        NoteKey(
          name: Statement.keyName(of: name, in: "org-pumps") + suffix, publicKey: key.publicKey.encoded.suffix(32)))
    }

    func signature(over text: String) throws -> NoteSignature {
      NoteSignature(name: note.name, keyHash: note.keyHash, signature: try key.signature(over: Array(text.utf8)))
    }
  }

  static let now = Instant(seconds: 1_800_000_000)

  static func statement(approvers: Int64 = 1, organization: String = "org-pumps") -> RootStatement {
    RootStatement(
      organization: organization, act: "renew-authority", subject: "operational-1", approvers: approvers,
      expires: now + .days(14), digest: [UInt8](repeating: 7, count: 32))
  }

  static func document(
    _ people: [Person], number: Int64 = 1, purpose: String = RootStatement.purpose, threshold: Int = 2
  ) -> ApproverDocument {
    ApproverDocument(
      organization: "org-pumps", purpose: purpose, number: number, threshold: threshold, expires: now + .days(900),
      approvers: people.map { .init(person: $0.name, key: $0.note) })
  }

  static func note(_ text: String, by people: [Person]) throws -> String {
    try people.reduce(SignedNote(unsigned: text)) { $0.adding(try $1.signature(over: text)) }.description
  }

  private func refused(
    _ note: String, _ document: ApproverDocument, at time: Instant = now, as expected: RootStatement = statement()
  ) -> ApprovalError? {
    do throws(ApprovalError) {
      _ = try expected.verify(note, approvers: document, at: time)
      return nil
    } catch { return error }
  }

  @Test func kPersonsOverTheExactBytes() throws {
    let (ann, ben, cat) = (try Person("ann"), try Person("ben"), try Person("cat"))
    let document = Self.document([ann, ben, cat])
    let text = Self.statement().text
    #expect(try RootStatement(text: text) == Self.statement())
    let good = try Self.note(text, by: [cat, ann])
    #expect(try Self.statement().verify(good, approvers: document, at: Self.now) == ["ann", "cat"])
    #expect(refused(try Self.note(text, by: [ann]), document) == .tooFewApprovers(1, of: 2))
    #expect(refused(try Self.note(text, by: [ann, ann]), document) == .tooFewApprovers(1, of: 2))
    #expect(refused(good, document, at: Self.now + .days(15)) == .expired)
    #expect(refused(good, Self.document([ann, ben, cat], number: 2)) == .wrongDocument(1))
    #expect(refused(good, Self.document([ann, ben, cat], purpose: "trust-bundle")) == .wrongPurpose("trust-bundle"))
    #expect(refused(good, document, as: Self.statement(organization: "org-other")) == .wrongOrganization("org-pumps"))
    let stranger = try Self.note(text, by: [ann, try Person("ben")])
    #expect(refused(stranger, document) == .tooFewApprovers(1, of: 2))
  }

  /// Two keys of one person are one person.
  @Test func personsCountAndNotKeys() throws {
    let (ann, again, ben) = (try Person("ann"), try Person("ann", suffix: "-2"), try Person("ben"))
    let document = Self.document([ann, again, ben])
    let text = Self.statement().text
    #expect(refused(try Self.note(text, by: [ann, again]), document) == .tooFewApprovers(1, of: 2))
    #expect(refused(try Self.note(text, by: [ann, again, ben]), document) == nil)
  }

  @Test func noByteOfItCanBeChanged() throws {
    let (ann, ben) = (try Person("ann"), try Person("ben"))
    let document = Self.document([ann, ben])
    let good = Array(try Self.note(Self.statement().text, by: [ann, ben]).utf8)
    var taken: [Int] = []
    for index in good.indices {
      var changed = good
      changed[index] ^= 1
      if refused(String(decoding: changed, as: UTF8.self), document) == nil { taken.append(index) }
    }
    #expect(taken.isEmpty, "\(taken.map { good[$0] })")
    // Another act, subject, end or file, signed by both: good, and not for this one.
    var others = [RootStatement](repeating: Self.statement(), count: 4)
    others[0].act = "revoke-authority"
    others[1].subject = "operational-2"
    others[2].expires = Self.now + .days(13)
    others[3].digest[31] = 8
    for other in others {
      let note = try Self.note(other.text, by: [ann, ben])
      #expect(refused(note, document) == .otherAct("\(other.act) of \(other.subject)"))
      #expect(refused(note, document, as: other) == nil)
    }
  }
}

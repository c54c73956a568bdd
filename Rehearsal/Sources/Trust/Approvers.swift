import Approval
import AuditLog
import KeyCustody
import WireFormats

/// Persons with keys of their own, and what they sign. Each signature is an act of one of them.
struct Approvers {
  private(set) var document: ApproverDocument
  private var keys: [String: SoftwareKey]
  private let organization: String

  static let threshold = 2

  /// The first document, which is fixed when devices are made.
  init(_ persons: [String], of organization: String, until end: Instant) throws {
    self.organization = organization
    keys = try Self.keys(of: persons)
    document = ApproverDocument(
      organization: organization, purpose: TrustBundle.purpose, number: 1, threshold: Self.threshold, expires: end,
      approvers: [])
    document.approvers = try approvers(persons)
  }

  /// One person's place is another's from now on.
  mutating func replace(_ leaving: String, by person: String) throws {
    keys.merge(try Self.keys(of: [person])) { $1 }
    document.number += 1
    document.approvers = try approvers(document.approvers.map(\.person).map { $0 == leaving ? person : $0 })
  }

  /// A statement's text with these persons' signatures.
  func sign(_ text: String, by persons: [String]) throws -> String {
    let notes = try persons.map { person in
      SignedNote(
        signing: text, as: try noteKey(of: person), signature: try key(of: person).signature(over: Array(text.utf8)))
    }
    return notes.reduce(SignedNote(unsigned: text)) { whole, note in note.signatures.reduce(whole) { $0.adding($1) } }
      .description
  }

  func bundle(_ number: Int64, roots: [[UInt8]], until end: Instant) -> TrustBundle {
    TrustBundle(
      organization: organization, number: number, expires: end, approvers: document.number, author: "dan", roots: roots)
  }

  private func approvers(_ persons: [String]) throws -> [ApproverDocument.Approver] {
    try persons.map { ApproverDocument.Approver(person: $0, key: try noteKey(of: $0)) }
  }

  private func key(of person: String) throws -> SoftwareKey {
    guard let key = keys[person] else { throw CustodyFailure(person: person) }
    return key
  }

  private func noteKey(of person: String) throws -> NoteKey {
    let name = Statement.keyName(of: person, in: organization)
    guard let key = NoteKey(name: name, publicKey: try key(of: person).publicKey.keyOctets) else {
      throw CustodyFailure(person: person)
    }
    return key
  }

  private static func keys(of persons: [String]) throws -> [String: SoftwareKey] {
    try persons.reduce(into: [:]) { $0[$1] = try SoftwareKey.generate(.ed25519) }
  }

  private struct CustodyFailure: Error {
    let person: String
  }
}

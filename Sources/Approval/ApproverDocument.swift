import AuditLog
import WireFormats

/// Who approves for one purpose, and how many persons it takes: a numbered document.
///
/// Version 1 is fixed when an installation or a device is made; each later one is signed by enough of the one before.
public struct ApproverDocument: ApprovedText, Hashable, Sendable {
  /// A person with a key that the person made. Several keys of one person count once.
  public struct Approver: Hashable, Sendable {
    public var person: String
    public var key: NoteKey

    public init(person: String, key: NoteKey) { (self.person, self.key) = (person, key) }
  }

  /// The organization's identifier.
  public var organization: String
  /// What they approve: `trust-bundle` or `root-ceremony`.
  public var purpose: String
  /// From 1 up.
  public var number: Int64
  /// How many different persons it takes, at least 2.
  public var threshold: Int
  public var expires: Instant
  public var approvers: [Approver]

  static let title = "touchmark/approvers/v1"
  static let maximumApprovers = 32
  /// What approvers can be named for.
  public static let purposes = [TrustBundle.purpose, RootStatement.purpose]

  public init(
    organization: String, purpose: String, number: Int64, threshold: Int, expires: Instant, approvers: [Approver]
  ) {
    (self.organization, self.purpose, self.number) = (organization, purpose, number)
    (self.threshold, self.expires, self.approvers) = (threshold, expires, approvers)
  }

  public var persons: Set<String> { Set(approvers.map(\.person)) }

  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("organization", organization)
    text.add("purpose", purpose)
    text.add("number", "\(number)")
    text.add("threshold", "\(threshold)")
    text.add("expires", "\(expires)")
    for approver in approvers { text.add("approver", "\(approver.person) \(approver.key)") }
    return text.text
  }

  public init(text: String) throws(ApprovalError) { self = try Self.read(text) }

  init(lines text: String) throws(LineError) {
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    organization = try lines.take("organization")
    purpose = try lines.take("purpose") { Statement.isName($0) ? $0 : nil }
    number = try lines.take("number", Statement.number)
    threshold = try lines.take("threshold") { Int($0) }
    expires = try lines.take("expires") { Instant($0) }
    approvers = []
    while !lines.isAtEnd {
      guard approvers.count < Self.maximumApprovers else { throw LineError(expected: "the end") }
      approvers.append(try lines.take("approver", Approver.init(line:)))
    }
    // One person alone must never be enough, and a key is one person's.
    guard threshold >= 2, threshold <= persons.count else { throw LineError(expected: "threshold") }
    guard Set(approvers.map(\.key.publicKey)).count == approvers.count,
      Set(approvers.map(\.key.name)).count == approvers.count
    else { throw LineError(expected: "approver") }
  }
}

extension ApproverDocument.Approver {
  fileprivate init?(line: String) {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, Statement.isName(parts[0]), let key = NoteKey(String(parts[1])) else { return nil }
    self.init(person: String(parts[0]), key: key)
  }
}

extension ApproverDocument {
  /// The different persons whose valid signatures a note bears; the author of what is approved is not among them.
  func persons(approving note: SignedNote, author: String?) throws(ApprovalError) -> Set<String> {
    let signers: [NoteKey]
    do throws(NoteError) {
      signers = try note.signers(among: approvers.map(\.key))
    } catch {
      if case .badSignature(let name) = error { throw .badSignature(name) }
      throw .malformed("a signature")
    }
    return Set(approvers.filter { signers.contains($0.key) && $0.person != author }.map(\.person))
  }

  /// Throws `expired` and `tooFewApprovers`.
  func check(_ note: SignedNote, author: String?, at time: Instant?) throws(ApprovalError) {
    if let time, time > expires { throw .expired }
    let persons = try persons(approving: note, author: author)
    guard persons.count >= threshold else { throw .tooFewApprovers(persons.count, of: threshold) }
  }

  /// Reads the first version, which every person in it has signed: so each key is its person's.
  public static func first(
    note text: String, organization: String, purpose: String, at time: Instant?
  ) throws(ApprovalError) -> ApproverDocument {
    let (note, document) = try read(text, organization: organization, purpose: purpose, at: time)
    guard document.number == 1 else { throw .wrongDocument(document.number) }
    try document.checkProven(document.persons, by: note)
    return document
  }

  /// Reads the version after this one: signed by enough persons of this one, and by everyone who is new in it.
  public func next(note text: String, at time: Instant?) throws(ApprovalError) -> ApproverDocument {
    let (note, document) = try Self.read(text, organization: organization, purpose: purpose, at: time)
    guard document.number > number else { throw .notNewer(number) }
    guard document.number - 1 == number else { throw .wrongDocument(document.number) }
    // An approvers' document that has ended still says who names the next one: nobody else could.
    try check(note, author: nil, at: nil)
    try document.checkProven(document.persons.subtracting(persons), by: note)
    return document
  }

  private static func read(
    _ text: String, organization: String, purpose: String, at time: Instant?
  ) throws(ApprovalError) -> (SignedNote, ApproverDocument) {
    guard let note = try? SignedNote(parsing: text) else { throw .malformed("a signed note") }
    let document = try ApproverDocument(text: note.text)
    guard document.organization == organization else { throw .wrongOrganization(document.organization) }
    guard document.purpose == purpose else { throw .wrongPurpose(document.purpose) }
    if let time, time > document.expires { throw .expired }
    return (note, document)
  }

  private func checkProven(_ wanted: Set<String>, by note: SignedNote) throws(ApprovalError) {
    let proven = try persons(approving: note, author: nil)
    if let missing = wanted.subtracting(proven).min() { throw .unprovenKey(missing) }
  }
}

import AuditLog
import WireFormats

/// What approvers sign so that a root's key may be used once: which act, on what, and the very file that asks for it.
///
/// It is derived from that file and from nothing else, so that each approver makes the same octets on a machine of the
/// own (TRUST.md, Administrators and approvers).
public struct RootStatement: ApprovedText, Hashable, Sendable {
  /// The organization's identifier.
  public var organization: String
  /// What is done, as the request names it: `renew-authority`.
  public var act: String
  /// The authority or the root that it is about.
  public var subject: String
  /// The version of the approvers' document that it is approved under.
  public var approvers: Int64
  public var expires: Instant
  /// SHA-256 of the file, as `sha256sum` prints it.
  public var digest: [UInt8]

  /// What its approvers' document is for.
  public static let purpose = "root-ceremony"
  static let title = "touchmark/root-act/v1"

  public init(
    organization: String, act: String, subject: String, approvers: Int64, expires: Instant, digest: [UInt8]
  ) {
    (self.organization, self.act, self.subject) = (organization, act, subject)
    (self.approvers, self.expires, self.digest) = (approvers, expires, digest)
  }

  /// What is signed.
  public var text: String {
    var text = LineText()
    text.add(line: Self.title)
    text.add("organization", organization)
    text.add("act", act)
    text.add("subject", subject)
    text.add("approvers", "\(approvers)")
    text.add("expires", "\(expires)")
    text.add("sha256", Hex.encode(digest))
    return text.text
  }

  public init(text: String) throws(ApprovalError) { self = try Self.read(text) }

  init(lines text: String) throws(LineError) {
    var lines = LineReader(text)
    try lines.take(line: Self.title)
    organization = try lines.take("organization")
    act = try lines.take("act") { Statement.isName($0) ? $0 : nil }
    subject = try lines.take("subject") { Statement.isName($0) ? $0 : nil }
    approvers = try lines.take("approvers", Statement.number)
    expires = try lines.take("expires") { Instant($0) }
    digest = try lines.take("sha256") { Hex.decode($0).flatMap { $0.count == 32 ? $0 : nil } }
    guard lines.isAtEnd else { throw LineError(expected: "the end") }
  }

  /// Whether enough persons signed exactly this statement.
  ///
  /// - Parameter note: the statement with its signatures, from whoever carried it here.
  /// - Returns: the different persons, in the order of their names.
  /// - Throws: the first reason for which the act is not approved.
  public func verify(
    _ note: String, approvers document: ApproverDocument, at time: Instant
  ) throws(ApprovalError) -> [String] {
    guard let signed = try? SignedNote(parsing: note) else { throw .malformed("a signed note") }
    let statement = try RootStatement(text: signed.text)
    guard statement.organization == organization, document.organization == organization else {
      throw .wrongOrganization(statement.organization == organization ? document.organization : statement.organization)
    }
    guard document.purpose == Self.purpose else { throw .wrongPurpose(document.purpose) }
    guard statement.approvers == document.number else { throw .wrongDocument(statement.approvers) }
    guard time <= statement.expires else { throw .expired }
    guard statement == self else { throw .otherAct("\(statement.act) of \(statement.subject)") }
    try document.check(signed, author: nil, at: time)
    return try document.persons(approving: signed, author: nil).sorted()
  }
}

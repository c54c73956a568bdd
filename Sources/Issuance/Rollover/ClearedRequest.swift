import Approval
import AuditLog
import Crypto
import Registry
import WireFormats

/// A request that a root's key may be opened for: nobody has to approve it, or enough persons did.
///
/// Whatever signs with a root takes one of these, and there is no other way to one than the check here.
public struct ClearedRequest: Sendable {
  public let request: RootRequest
  /// What approvers signed; nil where nobody has to.
  public let approval: String?

  /// - Parameters:
  ///   - note: the request's file; nil for one that was never written, which nobody can have approved.
  ///   - approval: the statement with the approvers' signatures.
  ///   - pinned: what the root's own place says of its approvers, so that a request cannot leave them out.
  /// - Throws: `forbidden`, `expired`, `conflict` or `badRequest`, each with what to do about it.
  public init(
    _ request: RootRequest, note: String? = nil, approval: String? = nil, pinned: [ApproverPin] = [], at time: Instant
  ) throws(Refusal) {
    self.request = request
    let documents = try Self.documents(of: request)
    for pin in pinned { try pin.check(documents, request) }
    guard let document = documents.last else {
      self.approval = nil
      return
    }
    self.approval = try RootApproval.verified(approval, for: request, note: note, by: document, at: time).note
  }

  /// Each version read by the one before it. Those that have ended still lead to the one in force.
  private static func documents(of request: RootRequest) throws(Refusal) -> [ApproverDocument] {
    var known: [ApproverDocument] = []
    for note in request.approvers {
      do throws(ApprovalError) {
        if let last = known.last {
          known.append(try last.next(note: note, at: nil))
        } else {
          known.append(
            try .first(
              note: note, organization: request.organization.rawValue, purpose: RootStatement.purpose, at: nil))
        }
      } catch {
        throw TrustBundleService.refusal(error, "an approvers' document in the request \(request.id)")
      }
    }
    return known
  }
}

/// One version of the approvers' document that a root's place remembers: a request has to carry it, or a later one that
/// it leads to.
public struct ApproverPin: Hashable, Sendable, CustomStringConvertible {
  public let number: Int64
  /// SHA-256 of the document's text.
  public let digest: [UInt8]

  /// - Parameter note: a signed document.
  public init(note: String) throws(Refusal) {
    guard let signed = try? SignedNote(parsing: note), let document = try? ApproverDocument(text: signed.text) else {
      throw Refusal(.badRequest, "the approvers' document cannot be read")
    }
    (number, digest) = (document.number, Self.digest(of: document))
  }

  /// Reads `description`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "approvers", let number = Int64(parts[1]), number >= 1,
      let digest = Hex.decode(parts[2]), digest.count == 32
    else { return nil }
    (self.number, self.digest) = (number, digest)
  }

  public var description: String { "approvers:\(number):\(Hex.encode(digest))" }

  /// Of the approvers' document in force; nil where there is none.
  public static func current(in store: any Store, of organization: OrganizationID) async throws -> ApproverPin? {
    try await store.read { try RootApproval.documentNotes($0, organization).last.map { try ApproverPin(note: $0) } }
  }

  private static func digest(of document: ApproverDocument) -> [UInt8] {
    Array(SHA256.hash(data: Array(document.text.utf8)))
  }

  fileprivate func check(_ documents: [ApproverDocument], _ request: RootRequest) throws(Refusal) {
    guard documents.contains(where: { $0.number == number && Self.digest(of: $0) == digest }) else {
      throw Refusal(
        .forbidden, "this root is under the approvers' document \(number), and the request \(request.id) leaves it out",
        hint: "ask the installation that it belongs to again; approvers then: touchmark approver sign REQUEST …")
    }
  }
}

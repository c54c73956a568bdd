import Approval
import AuditLog
import Crypto
import Registry
import WireFormats

/// That enough persons approved one act on a root, and what they signed.
public struct RootApproval: Hashable, Sendable {
  public let persons: [String]
  /// The statement with its signatures.
  public let note: String

  /// Kept with the audit entry of the act.
  var details: [String: String] { ["approved_by": persons.joined(separator: " "), "approval": note] }

  static let exportCure =
    "touchmark root export --request FILE, touchmark approver sign FILE …, then --request FILE --approval NOTE"

  /// What approvers sign for a request's file.
  public static func statement(for request: RootRequest, note: String) throws(Refusal) -> RootStatement {
    guard !request.approvers.isEmpty else {
      throw Refusal(
        .conflict, "the request \(request.id) names no approvers",
        hint: "touchmark approver install DOCUMENT, then ask for the same again")
    }
    return RootStatement(
      organization: request.organization.rawValue, act: request.act.rawValue, subject: request.subject.rawValue,
      approvers: Int64(request.approvers.count), expires: request.expiresAt,
      digest: Array(SHA256.hash(data: Array(note.utf8))))
  }

  /// - Throws: `forbidden` and others with what to do about it, unless enough persons of the document approved.
  static func verified(
    _ approval: String?, for request: RootRequest, note: String?, by document: ApproverDocument, at time: Instant
  ) throws(Refusal) -> RootApproval {
    let cure =
      "touchmark root show \(request.id) > REQUEST; touchmark approver sign REQUEST --person NAME --key KEY "
      + "--out SIGNATURE, each on the own machine; touchmark approver assemble SIGNATURE… --out NOTE; then --approval NOTE"
    let count = "\(document.threshold) of \(document.persons.count) approvers"
    guard let approval, let note else {
      throw Refusal(.forbidden, "\(count) have to approve \(request.act.rawValue) of \(request.subject)", hint: cure)
    }
    let statement = try statement(for: request, note: note)
    do throws(ApprovalError) {
      return RootApproval(persons: try statement.verify(approval, approvers: document, at: time), note: approval)
    } catch {
      let refusal = TrustBundleService.refusal(error, "the approval")
      throw Refusal(refusal.code, refusal.reason, hint: cure)
    }
  }

  /// Held against the approvers' document in force, whatever the request says; nil where there is none.
  static func check(
    _ approval: String?, for request: RootRequest, note: String?, in reader: any StoreReader, at time: Instant
  ) throws -> RootApproval? {
    let documents = try TrustBundleService.documents(reader, request.organization, for: RootStatement.purpose)
    guard let document = documents.last else { return nil }
    guard request.approvers.count == document.number else {
      throw Refusal(
        .conflict, "the request \(request.id) was made under another approvers' document than \(document.number)",
        hint: "ask for the same again, and let it be approved: touchmark approver sign REQUEST …")
    }
    return try verified(approval, for: request, note: note, by: document, at: time)
  }

  /// The approvers' documents for acts on a root, the first one first.
  static func documentNotes(_ reader: any StoreReader, _ organization: OrganizationID) throws -> [String] {
    try reader.approverDocuments(purpose: RootStatement.purpose, in: organization).map(\.note)
  }
}

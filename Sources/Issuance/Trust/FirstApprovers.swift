import Approval
import AuditLog
import Registry
import WireFormats

/// The approvers' document that an installation is made with: version 1, which nobody can exchange afterwards but its own
/// approvers.
///
/// It is older than the installation, so the organization's identifier is the one that its approvers signed.
public struct FirstApprovers: Sendable {
  public let organization: OrganizationID
  public var purpose: String { document.purpose }
  /// The signed document.
  public let note: String
  let document: ApproverDocument

  /// Throws `Refusal` for what is no first document, has ended, or was not signed by everyone in it.
  public init(note: String, at time: Instant) throws(Refusal) {
    guard let signed = try? SignedNote(parsing: note), let named = try? ApproverDocument(text: signed.text),
      let organization = OrganizationID(rawValue: named.organization), ApproverDocument.purposes.contains(named.purpose)
    else { throw Refusal(.badRequest, "the approvers' document cannot be read", hint: Self.hint) }
    do throws(ApprovalError) {
      document = try .first(
        note: note, organization: organization.rawValue, purpose: named.purpose, at: time)
    } catch {
      let refusal = TrustBundleService.refusal(error, "the approvers' document")
      throw Refusal(refusal.code, refusal.reason, hint: Self.hint)
    }
    (self.organization, self.note) = (organization, note)
  }

  private static let hint = "each person in it signs it, then: touchmark approver assemble SIGNED… --out FILE"

  /// Within founding's transaction.
  func record(in writer: any StoreWriter, at time: Instant) throws {
    try writer.insert(
      ApproverDocumentRecord(
        organization: organization, purpose: document.purpose, number: document.number, note: note, addedAt: time,
        addedBy: Actor.installation.name))
    try writer.append(
      AuditEntry(
        at: time, actor: Actor.installation.name, door: Door.command.rawValue, act: "approvers.install",
        subject: "approvers:\(document.purpose)", outcome: "ok", reason: nil,
        details: TrustBundleService.details(of: document)),
      in: organization)
  }
}

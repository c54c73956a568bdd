import Approval
import AuditLog
import Credentials
import Registry
import WireFormats

/// Takes what approvers signed, each as a value that `Administration` runs: an administrator carries it here, and has no
/// say in it.
public struct TrustBundleService: Sendable {
  public init() {}

  /// The approvers' document: the first one, or the one after the last.
  ///
  /// The first is a matter of trust in whoever installs it, as it is when a device is made: the log has it, and it is
  /// never exchanged but by its own approvers.
  public func install(approvers note: String) -> AdministrativeAct<ApproverDocumentRecord> {
    let purpose = Self.purpose(of: note)
    return AdministrativeAct("approvers.install", on: "approvers:\(purpose)") { context in
      let organization = context.organization
      let last = try Self.documents(context.writer, organization, for: purpose).last
      let document: ApproverDocument
      do throws(ApprovalError) {
        document =
          if let last { try last.next(note: note, at: context.now) } else {
            try .first(
              note: note, organization: organization.rawValue, purpose: purpose, at: context.now)
          }
      } catch { throw Self.refusal(error, "the approvers' document") }
      let record = ApproverDocumentRecord(
        organization: organization, purpose: document.purpose, number: document.number, note: note,
        addedAt: context.now, addedBy: context.actor.name)
      try context.writer.insert(record)
      try context.record(
        "approvers.install", subject: "approvers:\(document.purpose)", details: Self.details(of: document))
      return record
    }
  }

  /// Of a document that is not believed yet; trust bundles' for anything else, which is then refused.
  private static func purpose(of note: String) -> String {
    let named = (try? SignedNote(parsing: note)).flatMap { try? ApproverDocument(text: $0.text) }?.purpose
    return named.flatMap { ApproverDocument.purposes.contains($0) ? $0 : nil } ?? TrustBundle.purpose
  }

  static func details(of document: ApproverDocument) -> [String: String] {
    [
      "number": "\(document.number)", "threshold": "\(document.threshold)",
      "persons": document.persons.sorted().joined(separator: " "),
    ]
  }

  /// A bundle that its approvers signed. It holds the root in force: one without would cut off every device that took it.
  public func publish(_ note: String) -> AdministrativeAct<TrustBundleRecord> {
    AdministrativeAct("bundle.publish", on: "bundle:trust") { context in
      let organization = context.organization
      guard let approvers = try Self.documents(context.writer, organization).last else {
        throw Refusal(
          .conflict, "nobody is named yet who approves trust bundles", hint: "touchmark approver install DOCUMENT")
      }
      let held = try context.writer.trustBundle(in: organization)?.number ?? 0
      let bundle: TrustBundle
      do throws(ApprovalError) {
        bundle = try TrustBundle.verify(
          note, organization: organization.rawValue, approvers: approvers, held: held, at: context.now)
      } catch { throw Self.refusal(error, "the trust bundle") }
      let view = try RolloverView(context.writer, of: organization)
      guard bundle.roots.contains(try view.root().certificate) else {
        throw Refusal(.conflict, "the trust bundle leaves out the root in force, \(try view.root().id)")
      }
      let record = TrustBundleRecord(
        organization: organization, number: bundle.number, note: note, expiresAt: bundle.expires,
        publishedAt: context.now, publishedBy: context.actor.name)
      try context.writer.insert(record)
      try context.record(
        "bundle.publish", subject: "bundle:trust",
        details: [
          "number": "\(bundle.number)", "approvers": "\(bundle.approvers)", "author": bundle.author,
          "roots": bundle.roots.map { Hex.encode(Fingerprint.of($0)) }.joined(separator: " "),
        ])
      return record
    }
  }

  /// All versions, each read again from its text, the first one first.
  static func documents(
    _ reader: any StoreReader, _ organization: OrganizationID, for purpose: String = TrustBundle.purpose
  ) throws -> [ApproverDocument] {
    try reader.approverDocuments(purpose: purpose, in: organization).reduce(into: []) { known, record in
      do throws(ApprovalError) {
        // Its time was checked when it came; what is looked at here is who signed it.
        known.append(
          known.isEmpty
            ? try .first(note: record.note, organization: organization.rawValue, purpose: record.purpose, at: nil)
            : try known[known.count - 1].next(note: record.note, at: nil))
      } catch {
        throw Refusal(.unavailable, "a stored approvers' document cannot be read", detail: "\(error)")
      }
    }
  }

  static func refusal(_ error: ApprovalError, _ what: String) -> Refusal {
    switch error {
    case .malformed: Refusal(.badRequest, "\(what) cannot be read: \(error)")
    case .expired: Refusal(.expired, "\(what) is not taken: \(error)")
    case .notNewer, .wrongDocument: Refusal(.conflict, "\(what) is not taken: \(error)")
    case .wrongOrganization, .wrongPurpose, .tooFewApprovers, .badSignature, .unprovenKey, .otherAct:
      Refusal(.forbidden, "\(what) is not taken: \(error)")
    }
  }
}

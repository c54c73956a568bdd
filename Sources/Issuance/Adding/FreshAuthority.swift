import Credentials
import KeyCustody
import Registry
import WireFormats

/// An authority on its way into the store, with its first list: its address for lists is good from the first
/// certificate on.
struct FreshAuthority: Sendable {
  /// Its parent is set by whoever installs it.
  var record: AuthorityRecord
  /// Empty.
  let list: RevocationList

  /// The next one is published within hours.
  private static let firstList = Span.hours(24)

  init(
    _ id: AuthorityID, as purpose: AuthorityRecord.Purpose, named givenName: AuthorityName?, certificate: Certificate,
    key: HeldKey, in organization: OrganizationID, at now: Instant
  ) async throws(Refusal) {
    record = AuthorityRecord(
      id: id, organization: organization, purpose: purpose, givenName: givenName, parent: nil,
      subject: certificate.subject.encoded, certificate: certificate.encoded, keyName: key.name, state: .active,
      crlNumber: 0, notAfter: certificate.notAfter, createdAt: now)
    let task = ListTask(
      by: RootReference(id: id, certificate: certificate), number: 1, nextUpdate: now.wholeSecond + Self.firstList,
      entries: [])
    list = RevocationList(
      authority: id, number: 1, thisUpdate: now.wholeSecond, nextUpdate: task.nextUpdate,
      encoded: try await task.signed(by: key.signer, at: now))
  }

  /// Within the transaction that makes it count.
  func insert(under parent: AuthorityID, in context: ActContext) throws -> AuthorityRecord {
    var record = record
    record.parent = parent
    try context.writer.insert(record)
    _ = try context.writer.takeCRLNumber(of: record.id, in: context.organization)
    try context.writer.store(list, in: context.organization)
    return record
  }

  /// For the audit entry.
  var details: [String: String] {
    [
      "name": record.name.rawValue, "purpose": record.purpose.rawValue,
      "fingerprint": Hex.encode(Fingerprint.of(record.certificate)), "key": record.keyName,
    ]
  }
}

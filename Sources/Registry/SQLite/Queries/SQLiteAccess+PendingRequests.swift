import Credentials
import WireFormats

extension PendingRequestRecord: SQLiteRecord {
  static let table = "pending_requests"
  static let columns = """
    id, organization, digest, profile, door, principal, serial, subject, key_hash, request, address, created_at, \
    expires_at, state, decided_at, decided_by, reason, authority, certificate
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), digest: try columns.bytes(),
      profile: try columns.identifier(), door: try columns.text(), principal: try columns.text(),
      serial: try columns.text(), subject: try columns.text(), keyHash: try columns.bytes(),
      request: try columns.bytes(), address: try columns.text(), createdAt: try columns.instant(),
      expiresAt: try columns.instant(), state: try columns.choice(), decidedAt: try columns.instantIfAny(),
      decidedBy: try columns.textIfAny(), reason: try columns.textIfAny(),
      authority: try columns.identifierIfAny(), certificate: try columns.serialIfAny())
  }

  static func condition(_ selection: Selection) -> SQLCondition {
    selection.condition.sql { $0.sql(column: column(of: $0.field)) }
  }

  private static func column(of field: SelectionField) -> String {
    switch field.name {
    case "expires": "expires_at"
    case "created": "created_at"
    default: field.name
    }
  }
}

extension SQLiteAccess {
  func pendingRequest(_ id: PendingRequestID, in organization: OrganizationID) throws -> PendingRequestRecord? {
    try first(PendingRequestRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func pendingRequest(digest: [UInt8], in organization: OrganizationID) throws -> PendingRequestRecord? {
    try first(PendingRequestRecord.self, "WHERE organization = ? AND digest = ?", [organization, digest])
  }

  func pendingRequests(
    matching selection: Selection?, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<PendingRequestRecord> {
    let after = try cursor?.texts(1)[0] ?? ""
    let asked = selection.map(PendingRequestRecord.condition)
    let rows = try rows(
      selected: PendingRequestRecord.select
        + "WHERE organization = ? AND id > ? AND \(asked?.sql ?? "TRUE") ORDER BY id LIMIT ?",
      [organization, after] + (asked?.arguments ?? []) + [max(limit, 1).saturatedSuccessor],
      of: PendingRequestRecord.table, PendingRequestRecord.init(columns:))
    return Page(rows, limit: limit) { Cursor(texts: [$0.id.rawValue]) }
  }

  func countPendingRequests(of principal: String?, in organization: OrganizationID) throws -> Int {
    let counted = "SELECT count(*) FROM pending_requests WHERE organization = ? AND state = 'pending'"
    guard let principal else { return Int(clamping: try number(counted, [organization]) ?? 0) }
    return Int(clamping: try number(counted + " AND principal = ?", [organization, principal]) ?? 0)
  }

  func pendingRequests(
    expiredAt instant: Instant, limit: Int, in organization: OrganizationID
  ) throws -> [PendingRequestRecord] {
    try all(
      PendingRequestRecord.self, "WHERE organization = ? AND expires_at <= ? ORDER BY expires_at LIMIT ?",
      [organization, instant, max(limit, 1)])
  }
}

extension SQLiteWriter {
  func insert(_ request: PendingRequestRecord) throws {
    try execute(
      """
      INSERT INTO pending_requests (\(PendingRequestRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        request.id, request.organization, request.digest, request.profile, request.door, request.principal,
        request.serial, request.subject, request.keyHash, request.request, request.address, request.createdAt,
        request.expiresAt, request.state, request.decidedAt, request.decidedBy, request.reason, request.authority,
        request.certificate,
      ])
  }

  func decidePendingRequest(
    _ id: PendingRequestID, as state: PendingRequestRecord.State, by person: String, reason: String?,
    at instant: Instant, expiresAt: Instant, in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE pending_requests SET state = ?, decided_at = ?, decided_by = ?, reason = ?, expires_at = ?
      WHERE organization = ? AND id = ? AND state = 'pending' AND expires_at > ?
      """, [state, instant, person, reason, expiresAt, organization, id, instant])
    if changed > 0 { return }
    let exists = try pendingRequest(id, in: organization) != nil
    throw exists ? StoreError.conflict("the request is decided already, or expired") : .missing("request")
  }

  func issuePendingRequest(
    _ id: PendingRequestID, authority: AuthorityID, certificate: SerialNumber, at instant: Instant,
    in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE pending_requests SET state = 'issued', authority = ?, certificate = ?
      WHERE organization = ? AND id = ? AND state = 'approved' AND expires_at > ?
      """, [authority, certificate, organization, id, instant])
    if changed > 0 { return }
    let exists = try pendingRequest(id, in: organization) != nil
    throw exists ? StoreError.conflict("the request is not approved") : .missing("request")
  }

  func deletePendingRequest(_ id: PendingRequestID, in organization: OrganizationID) throws {
    try execute("DELETE FROM pending_requests WHERE organization = ? AND id = ?", [organization, id])
  }
}

import WireFormats

extension AuthorityRequestRecord: SQLiteRecord {
  static let table = "authority_requests"
  static let columns =
    "id, organization, name, purpose, replaces, request, created_at, created_by, installed_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), name: try columns.identifier(),
      purpose: try columns.choice(), replaces: try columns.identifierIfAny(), request: try columns.bytes(),
      createdAt: try columns.instant(), createdBy: try columns.text(), installedAt: try columns.instantIfAny())
  }
}

extension SQLiteAccess {
  func authorityRequests(in organization: OrganizationID) throws -> [AuthorityRequestRecord] {
    try all(AuthorityRequestRecord.self, "WHERE organization = ? ORDER BY created_at, id", [organization])
  }
}

extension SQLiteWriter {
  func insert(_ request: AuthorityRequestRecord) throws {
    try execute(
      "INSERT INTO authority_requests (\(AuthorityRequestRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        request.id, request.organization, request.name, request.purpose, request.replaces, request.request,
        request.createdAt, request.createdBy, request.installedAt,
      ])
  }

  func installAuthorityRequest(_ id: AuthorityID, at time: Instant, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE authority_requests SET installed_at = ? WHERE organization = ? AND id = ? AND installed_at IS NULL",
      [time, organization, id])
    if changed == 0 { throw StoreError.conflict("a certificate for \(id) is installed already") }
  }
}

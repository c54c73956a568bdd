extension OrganizationRecord: SQLiteRecord {
  static let table = "organizations"
  static let columns = "id, name, created_at, audit_epoch"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), name: try columns.text(), createdAt: try columns.instant(),
      auditEpoch: try columns.count())
  }
}

extension SQLiteAccess {
  func organization(_ id: OrganizationID) throws -> OrganizationRecord? {
    try first(OrganizationRecord.self, "WHERE id = ?", [id])
  }

  func organizations() throws -> [OrganizationRecord] { try all(OrganizationRecord.self, "ORDER BY id", []) }
}

extension SQLiteWriter {
  func insert(_ organization: OrganizationRecord) throws {
    try execute(
      "INSERT INTO organizations (\(OrganizationRecord.columns)) VALUES (?, ?, ?, ?)",
      [organization.id, organization.name, organization.createdAt, organization.auditEpoch])
  }

  func openAuditEpoch(_ epoch: Int, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE organizations SET audit_epoch = ?1 WHERE id = ?2 AND audit_epoch < ?1", [epoch, organization])
    if changed == 0 { throw StoreError.conflict("audit epoch \(epoch)") }
  }
}

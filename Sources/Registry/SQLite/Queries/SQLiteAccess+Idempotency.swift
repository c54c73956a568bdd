import WireFormats

extension IdempotencyRecord: SQLiteRecord {
  static let table = "idempotency"
  static let columns = "principal, key, request_hash, status, body, expires_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      principal: try columns.text(), key: try columns.text(), requestHash: try columns.bytes(),
      status: try columns.count(), body: try columns.bytes(), expiresAt: try columns.instant())
  }
}

extension SQLiteAccess {
  func idempotencyRecord(
    principal: String, key: String, now: Instant, in organization: OrganizationID
  ) throws -> IdempotencyRecord? {
    try first(
      IdempotencyRecord.self, "WHERE organization = ? AND principal = ? AND key = ? AND expires_at > ?",
      [organization, principal, key, now])
  }
}

extension SQLiteWriter {
  func insert(_ record: IdempotencyRecord, now: Instant, in organization: OrganizationID) throws {
    try execute(
      "DELETE FROM idempotency WHERE organization = ? AND principal = ? AND key = ? AND expires_at <= ?",
      [organization, record.principal, record.key, now])
    try execute(
      "INSERT INTO idempotency (organization, \(IdempotencyRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        organization, record.principal, record.key, record.requestHash, record.status, record.body, record.expiresAt,
      ])
  }

  @discardableResult
  func deleteIdempotencyRecords(expiredBefore instant: Instant, in organization: OrganizationID) throws -> Int {
    try execute("DELETE FROM idempotency WHERE organization = ? AND expires_at < ?", [organization, instant])
  }
}

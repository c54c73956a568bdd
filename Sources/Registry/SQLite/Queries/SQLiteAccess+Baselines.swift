import WireFormats

extension BaselineRecord: SQLiteRecord {
  static let table = "baselines"
  static let columns = "product, firmware_version, document, learned_from, changed_at, changed_by"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      product: try columns.text(), firmwareVersion: try columns.text(), document: try columns.text(),
      learnedFrom: try columns.identifierIfAny(), changedAt: try columns.instant(), changedBy: try columns.text())
  }
}

extension SQLiteAccess {
  func baseline(
    product: String, firmwareVersion: String, in organization: OrganizationID
  ) throws -> BaselineRecord? {
    try first(
      BaselineRecord.self, "WHERE organization = ? AND product = ? AND firmware_version = ?",
      [organization, product, firmwareVersion])
  }

  func baselines(in organization: OrganizationID) throws -> [BaselineRecord] {
    try all(BaselineRecord.self, "WHERE organization = ? ORDER BY product, firmware_version", [organization])
  }
}

extension SQLiteWriter {
  func put(_ baseline: BaselineRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT OR REPLACE INTO baselines (organization, \(BaselineRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, baseline.product, baseline.firmwareVersion, baseline.document, baseline.learnedFrom,
        baseline.changedAt, baseline.changedBy,
      ])
  }

  func removeBaseline(product: String, firmwareVersion: String, in organization: OrganizationID) throws {
    let changed = try execute(
      "DELETE FROM baselines WHERE organization = ? AND product = ? AND firmware_version = ?",
      [organization, product, firmwareVersion])
    if changed == 0 { throw StoreError.missing("baseline") }
  }
}

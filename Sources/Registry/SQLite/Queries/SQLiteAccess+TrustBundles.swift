import WireFormats

extension TrustBundleRecord: SQLiteRecord {
  static let table = "trust_bundles"
  static let columns = "organization, number, note, expires_at, published_at, published_by"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      organization: try columns.identifier(), number: try columns.integer(), note: try columns.text(),
      expiresAt: try columns.instant(), publishedAt: try columns.instant(), publishedBy: try columns.text())
  }
}

extension ApproverDocumentRecord: SQLiteRecord {
  static let table = "approver_documents"
  static let columns = "organization, purpose, number, note, added_at, added_by"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      organization: try columns.identifier(), purpose: try columns.text(), number: try columns.integer(),
      note: try columns.text(), addedAt: try columns.instant(), addedBy: try columns.text())
  }
}

extension SQLiteAccess {
  func trustBundle(in organization: OrganizationID) throws -> TrustBundleRecord? {
    try first(TrustBundleRecord.self, "WHERE organization = ? ORDER BY number DESC LIMIT 1", [organization])
  }

  func approverDocuments(purpose: String, in organization: OrganizationID) throws -> [ApproverDocumentRecord] {
    try all(
      ApproverDocumentRecord.self, "WHERE organization = ? AND purpose = ? ORDER BY number", [organization, purpose])
  }
}

extension SQLiteWriter {
  func insert(_ bundle: TrustBundleRecord) throws {
    guard bundle.number > (try trustBundle(in: bundle.organization)?.number ?? 0) else {
      throw StoreError.conflict("trust bundle \(bundle.number): its number must be higher than the last one's")
    }
    try execute(
      "INSERT INTO trust_bundles (\(TrustBundleRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)",
      [
        bundle.organization, bundle.number, bundle.note, bundle.expiresAt, bundle.publishedAt, bundle.publishedBy,
      ])
  }

  func insert(_ document: ApproverDocumentRecord) throws {
    let last = try approverDocuments(purpose: document.purpose, in: document.organization).last?.number ?? 0
    guard document.number == last + 1 else {
      throw StoreError.conflict("approvers' document \(document.number) does not follow number \(last)")
    }
    try execute(
      "INSERT INTO approver_documents (\(ApproverDocumentRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)",
      [
        document.organization, document.purpose, document.number, document.note, document.addedAt, document.addedBy,
      ])
  }
}

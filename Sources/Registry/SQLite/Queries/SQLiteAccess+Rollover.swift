import WireFormats

extension RolloverCertificate: SQLiteRecord {
  static let table = "rollover_certificates"
  static let columns = "organization, subject, issuer, kind, certificate, not_after, created_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      organization: try columns.identifier(), subject: try columns.identifier(), issuer: try columns.identifier(),
      kind: try columns.choice(), certificate: try columns.bytes(), notAfter: try columns.instant(),
      createdAt: try columns.instant())
  }
}

extension RootRequestRecord: SQLiteRecord {
  static let table = "root_requests"
  static let columns = "id, organization, act, note, created_at, created_by, expires_at, answered_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), act: try columns.text(),
      note: try columns.text(), createdAt: try columns.instant(), createdBy: try columns.text(),
      expiresAt: try columns.instant(), answeredAt: try columns.instantIfAny())
  }
}

extension SQLiteAccess {
  func rolloverCertificates(in organization: OrganizationID) throws -> [RolloverCertificate] {
    try all(
      RolloverCertificate.self, "WHERE organization = ? ORDER BY created_at, subject, issuer, kind", [organization])
  }

  func rootRequest(_ id: RootRequestID, in organization: OrganizationID) throws -> RootRequestRecord? {
    try first(RootRequestRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func rootRequests(in organization: OrganizationID) throws -> [RootRequestRecord] {
    try all(RootRequestRecord.self, "WHERE organization = ? ORDER BY created_at, id", [organization])
  }
}

extension SQLiteWriter {
  func insert(_ certificate: RolloverCertificate) throws {
    try execute(
      "INSERT INTO rollover_certificates (\(RolloverCertificate.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        certificate.organization, certificate.subject, certificate.issuer, certificate.kind, certificate.certificate,
        certificate.notAfter, certificate.createdAt,
      ])
    try recordStandingChange(of: .authority(certificate.subject), in: certificate.organization)
  }

  func insert(_ request: RootRequestRecord) throws {
    try execute(
      "INSERT INTO root_requests (\(RootRequestRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        request.id, request.organization, request.act, request.note, request.createdAt, request.createdBy,
        request.expiresAt, request.answeredAt,
      ])
  }

  func answerRootRequest(_ id: RootRequestID, at time: Instant, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE root_requests SET answered_at = ? WHERE organization = ? AND id = ? AND answered_at IS NULL",
      [time, organization, id])
    if changed == 0 { throw StoreError.conflict("the request \(id) is answered already") }
  }
}

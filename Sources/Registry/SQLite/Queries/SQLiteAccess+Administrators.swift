import WireFormats

extension AdministratorRecord: SQLiteRecord {
  static let table = "administrators"
  static let columns = "fingerprint, organization, name, role, profiles, certificate, added_at, added_by, removed_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      fingerprint: try columns.bytes(), organization: try columns.identifier(), name: try columns.text(),
      role: try columns.choice(), profiles: try ProfileName.list(from: try columns.text(), of: "administrators"),
      certificate: try columns.serial(), addedAt: try columns.instant(), addedBy: try columns.text(),
      removedAt: try columns.instantIfAny())
  }
}

extension SQLiteAccess {
  func administrator(fingerprint: [UInt8], in organization: OrganizationID) throws -> AdministratorRecord? {
    try first(AdministratorRecord.self, "WHERE organization = ? AND fingerprint = ?", [organization, fingerprint])
  }

  func administrators(in organization: OrganizationID) throws -> [AdministratorRecord] {
    try all(AdministratorRecord.self, "WHERE organization = ? ORDER BY added_at, rowid", [organization])
  }
}

extension SQLiteWriter {
  func insert(_ administrator: AdministratorRecord) throws {
    try execute(
      "INSERT INTO administrators (\(AdministratorRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        administrator.fingerprint, administrator.organization, administrator.name, administrator.role,
        ProfileName.text(of: administrator.profiles), administrator.certificate, administrator.addedAt,
        administrator.addedBy, administrator.removedAt,
      ])
    try recordStandingChange(of: .administrators, in: administrator.organization)
  }

  func removeAdministrator(fingerprint: [UInt8], at instant: Instant, in organization: OrganizationID) throws {
    let present = try administrators(in: organization).filter { $0.removedAt == nil }
    guard let leaving = present.first(where: { $0.fingerprint == fingerprint }) else {
      throw StoreError.missing("administrator")
    }
    if leaving.role == .administrator, present.count(where: { $0.role == .administrator }) == 1 {
      throw StoreError.conflict("the last administrator")
    }
    try execute(
      "UPDATE administrators SET removed_at = ? WHERE organization = ? AND fingerprint = ?",
      [instant, organization, fingerprint])
    try recordStandingChange(of: .administrators, in: organization)
  }
}

import WireFormats

extension AdministratorRecord: SQLiteRecord {
  static let table = "administrators"
  static let columns = """
    fingerprint, organization, name, role, profiles, lot, uses, issued, certificate, added_at, added_by, removed_at
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      fingerprint: try columns.bytes(), organization: try columns.identifier(), name: try columns.text(),
      role: try columns.choice(), profiles: try ProfileName.list(from: try columns.text(), of: "administrators"),
      lot: try columns.textIfAny(), uses: try columns.countIfAny(), issued: try columns.count(),
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
      "INSERT INTO administrators (\(AdministratorRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        administrator.fingerprint, administrator.organization, administrator.name, administrator.role,
        ProfileName.text(of: administrator.profiles), administrator.lot, administrator.uses, administrator.issued,
        administrator.certificate, administrator.addedAt, administrator.addedBy, administrator.removedAt,
      ])
    try recordStandingChange(of: .administrators, in: administrator.organization)
  }

  func countIssue(ofAdministrator fingerprint: [UInt8], in organization: OrganizationID) throws {
    let changed = try execute(
      """
      UPDATE administrators SET issued = issued + 1
      WHERE organization = ? AND fingerprint = ? AND removed_at IS NULL AND (uses IS NULL OR issued < uses)
      """, [organization, fingerprint])
    if changed > 0 { return }
    let exists = try administrator(fingerprint: fingerprint, in: organization) != nil
    throw exists ? StoreError.conflict("the registration authority's count is used up") : .missing("administrator")
  }

  @discardableResult
  func exhaustRegistrationAuthorities(in organization: OrganizationID) throws -> Int {
    try execute(
      """
      UPDATE administrators SET issued = uses
      WHERE organization = ? AND uses IS NOT NULL AND issued < uses AND removed_at IS NULL
      """, [organization])
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

extension ProfileRecord: SQLiteRecord {
  static let table = "profiles"
  static let columns = "name, version, document, digest, applied_at, applied_by"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      name: try columns.identifier(), version: try columns.count(), document: try columns.text(),
      digest: try columns.bytes(), appliedAt: try columns.instant(), appliedBy: try columns.text())
  }
}

extension SQLiteAccess {
  func profile(_ name: ProfileName, in organization: OrganizationID) throws -> ProfileRecord? {
    try first(
      ProfileRecord.self, "WHERE organization = ? AND name = ? ORDER BY version DESC LIMIT 1", [organization, name])
  }

  func profile(_ name: ProfileName, version: Int, in organization: OrganizationID) throws -> ProfileRecord? {
    try first(
      ProfileRecord.self, "WHERE organization = ? AND name = ? AND version = ?", [organization, name, version])
  }

  func profiles(in organization: OrganizationID) throws -> [ProfileRecord] {
    try all(
      ProfileRecord.self,
      """
      WHERE organization = ?1 AND (name, version) IN
        (SELECT name, max(version) FROM profiles WHERE organization = ?1 GROUP BY name)
      ORDER BY name
      """, [organization])
  }

  func profileVersions(_ name: ProfileName, in organization: OrganizationID) throws -> [ProfileRecord] {
    try all(ProfileRecord.self, "WHERE organization = ? AND name = ? ORDER BY version", [organization, name])
  }
}

extension SQLiteWriter {
  func insert(_ profile: ProfileRecord, in organization: OrganizationID) throws {
    let current = try self.profile(profile.name, in: organization)?.version ?? 0
    guard profile.version > 0, profile.version - 1 == current else {
      throw StoreError.conflict("profile version \(profile.version) after \(current)")
    }
    try execute(
      "INSERT INTO profiles (organization, \(ProfileRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        organization, profile.name, profile.version, profile.document, profile.digest, profile.appliedAt,
        profile.appliedBy,
      ])
    try recordStandingChange(of: .profile(profile.name), in: organization)
  }
}

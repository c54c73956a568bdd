extension AuthorityRecord: SQLiteRecord {
  static let table = "authorities"
  static let columns = """
    id, organization, purpose, parent, subject, certificate, key_name, state, crl_number, not_after, created_at,
    revoked_at, revocation_reason, name
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), purpose: try columns.choice(),
      parent: try columns.identifierIfAny(), subject: try columns.bytes(), certificate: try columns.bytes(),
      keyName: try columns.text(), state: try columns.choice(), crlNumber: try columns.integer(),
      notAfter: try columns.instant(), createdAt: try columns.instant(),
      revokedAt: try columns.instantIfAny(), revocationReason: try columns.reasonIfAny())
    givenName = try columns.identifierIfAny()
  }
}

extension SQLiteAccess {
  func authority(_ id: AuthorityID, in organization: OrganizationID) throws -> AuthorityRecord? {
    try first(AuthorityRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func activeAuthorities(
    purpose: AuthorityRecord.Purpose, in organization: OrganizationID
  ) throws -> [AuthorityRecord] {
    try all(
      AuthorityRecord.self, "WHERE organization = ? AND purpose = ? AND state = 'active' ORDER BY created_at, id",
      [organization, purpose])
  }

  func authorities(in organization: OrganizationID) throws -> [AuthorityRecord] {
    try all(AuthorityRecord.self, "WHERE organization = ? ORDER BY created_at, id", [organization])
  }
}

extension SQLiteWriter {
  func insert(_ authority: AuthorityRecord) throws {
    try execute(
      "INSERT INTO authorities (\(AuthorityRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        authority.id, authority.organization, authority.purpose, authority.parent, authority.subject,
        authority.certificate, authority.keyName, authority.state, authority.crlNumber, authority.notAfter,
        authority.createdAt, authority.revokedAt, authority.revocationReason, authority.givenName,
      ])
    try recordStandingChange(of: .authority(authority.id), in: authority.organization)
  }

  func update(_ authority: AuthorityRecord) throws {
    let changed = try execute(
      """
      UPDATE authorities SET purpose = ?, parent = ?, certificate = ?, state = ?, not_after = ?, revoked_at = ?,
        revocation_reason = ? WHERE organization = ? AND id = ?
      """,
      [
        authority.purpose, authority.parent, authority.certificate, authority.state, authority.notAfter,
        authority.revokedAt, authority.revocationReason, authority.organization, authority.id,
      ])
    if changed == 0 { throw StoreError.missing("authority") }
    try recordStandingChange(of: .authority(authority.id), in: authority.organization)
  }

  func setState(
    _ state: AuthorityRecord.State, ofAuthority id: AuthorityID, in organization: OrganizationID
  ) throws {
    let changed = try execute(
      "UPDATE authorities SET state = ? WHERE organization = ? AND id = ?", [state, organization, id])
    if changed == 0 { throw StoreError.missing("authority") }
    try recordStandingChange(of: .authority(id), in: organization)
  }
}

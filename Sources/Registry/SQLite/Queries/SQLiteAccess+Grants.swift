import WireFormats

extension GrantRecord: SQLiteRecord {
  static let table = "grants"
  static let columns = """
    name, organization, secret_hash, profile, uses, issued, repeated, refused, lot, serials_from, serials_to, \
    serials, expires_at, created_at, created_by, revoked_at, closed_at, sealed, station
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    var record = Self(
      name: try columns.identifier(), organization: try columns.identifier(), secretHash: try columns.bytes(),
      profile: try columns.identifier(), uses: try columns.count(), issued: try columns.count(),
      repeated: try columns.count(), refused: try columns.count(), lot: try columns.textIfAny(),
      serialsFrom: try columns.textIfAny(), serialsTo: try columns.textIfAny(),
      serials: (try columns.textIfAny())?.split(separator: "\n").map(String.init) ?? [],
      expiresAt: try columns.instant(),
      createdAt: try columns.instant(), createdBy: try columns.text(), revokedAt: try columns.instantIfAny(),
      closedAt: try columns.instantIfAny(), sealed: try columns.bytesIfAny())
    record.station = try columns.textIfAny()
    self = record
  }
}

extension GrantRecord {
  static func condition(_ selection: Selection) -> SQLCondition {
    selection.condition.sql { $0.sql(column: column(of: $0.field)) }
  }

  private static func column(of field: SelectionField) -> String {
    switch field.name {
    case "expires": "expires_at"
    case "created": "created_at"
    case "revoked": "revoked_at"
    default: field.name
    }
  }
}

extension GrantUse: SQLiteRecord {
  static let table = "grant_uses"
  static let columns = "grant_name, key_hash, authority, certificate, device, at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      grant: try columns.identifier(), keyHash: try columns.bytes(), authority: try columns.identifier(),
      certificate: try columns.serial(), device: try columns.identifierIfAny(), at: try columns.instant())
  }
}

extension SQLiteAccess {
  func grant(_ name: GrantName, in organization: OrganizationID) throws -> GrantRecord? {
    try first(GrantRecord.self, "WHERE organization = ? AND name = ?", [organization, name])
  }

  func grant(secretHash: [UInt8], in organization: OrganizationID) throws -> GrantRecord? {
    try first(
      GrantRecord.self, "WHERE organization = ? AND secret_hash = ? ORDER BY name LIMIT 1", [organization, secretHash])
  }

  func grants(
    matching selection: Selection?, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<GrantRecord> {
    let after = try cursor?.texts(1)[0] ?? ""
    let asked = selection.map { GrantRecord.condition($0) }
    let rows = try rows(
      selected: GrantRecord.select
        + "WHERE organization = ? AND name > ? AND \(asked?.sql ?? "TRUE") ORDER BY name LIMIT ?",
      [organization, after] + (asked?.arguments ?? []) + [max(limit, 1).saturatedSuccessor], of: GrantRecord.table,
      GrantRecord.init(columns:))
    return Page(rows, limit: limit) { Cursor(texts: [$0.name.rawValue]) }
  }

  func grantUse(
    of grant: GrantName, keyHash: [UInt8], in organization: OrganizationID
  ) throws -> GrantUse? {
    try first(
      GrantUse.self, "WHERE organization = ? AND grant_name = ? AND key_hash = ?", [organization, grant, keyHash])
  }
}

extension SQLiteWriter {
  func insert(_ grant: GrantRecord) throws {
    try execute(
      """
      INSERT INTO grants (\(GrantRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        grant.name, grant.organization, grant.secretHash, grant.profile, grant.uses, grant.issued, grant.repeated,
        grant.refused, grant.lot, grant.serialsFrom, grant.serialsTo,
        // No serial holds a line feed.
        grant.serials.isEmpty ? nil : grant.serials.joined(separator: "\n"), grant.expiresAt, grant.createdAt,
        grant.createdBy, grant.revokedAt, grant.closedAt, grant.sealed, grant.station,
      ])
  }

  func insert(_ use: GrantUse, in organization: OrganizationID) throws {
    // Counted first, and only if the row can follow: a body that catches the error keeps a true count.
    let counted = try execute(
      """
      UPDATE grants SET issued = issued + 1
      WHERE organization = ?1 AND name = ?2 AND issued < uses AND revoked_at IS NULL AND closed_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM grant_uses WHERE organization = ?1 AND grant_name = ?2 AND key_hash = ?3)
      """, [organization, use.grant, use.keyHash])
    guard counted == 1 else { throw try refusal(of: use, in: organization) }
    try execute(
      "INSERT INTO grant_uses (organization, \(GrantUse.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [organization, use.grant, use.keyHash, use.authority, use.certificate, use.device, use.at])
  }

  private func refusal(of use: GrantUse, in organization: OrganizationID) throws -> StoreError {
    if try grant(use.grant, in: organization) == nil { return .missing("grant") }
    let known = try grantUse(of: use.grant, keyHash: use.keyHash, in: organization) != nil
    return known ? .duplicate("grant_uses") : .conflict("the grant is used up, revoked or closed")
  }

  func count(_ counter: GrantCounter, of grant: GrantName, in organization: OrganizationID) throws {
    let column =
      switch counter {
      case .repeated: "repeated"
      case .refused: "refused"
      }
    let changed = try execute(
      "UPDATE grants SET \(column) = \(column) + 1 WHERE organization = ? AND name = ?", [organization, grant])
    if changed == 0 { throw StoreError.missing("grant") }
  }

  func revokeGrant(_ name: GrantName, at instant: Instant, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE grants SET revoked_at = coalesce(revoked_at, ?) WHERE organization = ? AND name = ?",
      [instant, organization, name])
    if changed == 0 { throw StoreError.missing("grant") }
    try recordStandingChange(of: .grant(name), in: organization)
  }

  @discardableResult
  func closeGrants(at instant: Instant, in organization: OrganizationID) throws -> Int {
    try execute(
      """
      UPDATE grants SET closed_at = ?1
      WHERE organization = ?2 AND closed_at IS NULL AND revoked_at IS NULL AND expires_at > ?1 AND issued < uses
      """, [instant, organization])
  }

  func reopenGrant(_ name: GrantName, countingLost lost: Int, in organization: OrganizationID) throws {
    guard let known = try grant(name, in: organization) else { throw StoreError.missing("grant") }
    let changed = try execute(
      """
      UPDATE grants SET closed_at = NULL, issued = min(uses, issued + ?)
      WHERE organization = ? AND name = ? AND closed_at IS NOT NULL AND revoked_at IS NULL
      """, [max(lost, 0), organization, known.name])
    if changed == 0 { throw StoreError.conflict("the grant is not closed") }
    try recordStandingChange(of: .grant(name), in: organization)
  }
}

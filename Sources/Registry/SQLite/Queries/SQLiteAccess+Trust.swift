import WireFormats

extension TrustAnchorRecord: SQLiteRecord {
  static let table = "trust_anchors"
  static let columns =
    "name, certificate, profiles, manufacturer, serial_prefix, purpose, added_at, added_by, removed_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    let (name, certificate, profiles) = (try columns.text(), try columns.bytes(), try columns.text())
    self.init(
      name: name, certificate: certificate, profiles: try ProfileName.list(from: profiles, of: Self.table),
      manufacturer: try columns.text(), serialPrefix: try columns.textIfAny(), purpose: try columns.choice(),
      addedAt: try columns.instant(), addedBy: try columns.text(), removedAt: try columns.instantIfAny())
  }
}

extension SQLiteAccess {
  func trustAnchor(_ name: String, in organization: OrganizationID) throws -> TrustAnchorRecord? {
    try first(
      TrustAnchorRecord.self, "WHERE organization = ? AND name = ? AND removed_at IS NULL", [organization, name])
  }

  func trustAnchors(in organization: OrganizationID) throws -> [TrustAnchorRecord] {
    try all(TrustAnchorRecord.self, "WHERE organization = ? AND removed_at IS NULL ORDER BY name", [organization])
  }
}

extension SQLiteWriter {
  func insert(_ anchor: TrustAnchorRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO trust_anchors (organization, \(TrustAnchorRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, anchor.name, anchor.certificate, ProfileName.text(of: anchor.profiles), anchor.manufacturer,
        anchor.serialPrefix, anchor.purpose, anchor.addedAt, anchor.addedBy, anchor.removedAt,
      ])
    try recordStandingChange(of: .trustAnchors, in: organization)
  }

  func removeTrustAnchor(_ name: String, at instant: Instant, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE trust_anchors SET removed_at = ? WHERE organization = ? AND name = ? AND removed_at IS NULL",
      [instant, organization, name])
    if changed == 0 { throw StoreError.missing("trust anchor") }
    try recordStandingChange(of: .trustAnchors, in: organization)
  }
}

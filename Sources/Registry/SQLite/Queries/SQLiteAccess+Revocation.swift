import Credentials
import WireFormats

extension RevocationList: SQLiteRecord {
  static let table = "revocation_lists"
  static let columns = "authority, number, this_update, next_update, encoded"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      authority: try columns.identifier(), number: try columns.integer(), thisUpdate: try columns.instant(),
      nextUpdate: try columns.instant(), encoded: try columns.bytes())
  }
}

extension RevokedCertificate: SQLiteRecord {
  static let table = "certificates"
  static let columns = "serial, revoked_at, reason"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(serial: try columns.serial(), revokedAt: try columns.instant(), reason: try columns.reasonIfAny())
  }
}

extension SQLiteAccess {
  func revokedCertificates(
    by authority: AuthorityID, notExpiredAt instant: Instant, in organization: OrganizationID
  ) throws -> [RevokedCertificate] {
    // `status <> 'good'` as the partial index has it; the plus keeps the index of expiry out of it. What a CRL told a
    // restore of certificates that are not here stays on every list: when they expire is not known.
    try all(
      """
      SELECT serial, revoked_at, reason FROM certificates
      WHERE organization = ?1 AND authority = ?2 AND status <> 'good' AND +not_after >= ?3
      UNION ALL
      SELECT serial, revoked_at, reason FROM recovered_revocations r
      WHERE organization = ?1 AND authority = ?2 AND NOT EXISTS
        (SELECT 1 FROM certificates c WHERE c.organization = ?1 AND c.authority = ?2 AND c.serial = r.serial)
      ORDER BY serial
      """, [organization, authority, instant], of: RevokedCertificate.table, RevokedCertificate.init(columns:))
  }

  func revocationList(of authority: AuthorityID, in organization: OrganizationID) throws -> RevocationList? {
    try first(RevocationList.self, "WHERE organization = ? AND authority = ?", [organization, authority])
  }
}

extension SQLiteWriter {
  func takeCRLNumber(of authority: AuthorityID, in organization: OrganizationID) throws -> Int64 {
    let changed = try execute(
      "UPDATE authorities SET crl_number = crl_number + 1 WHERE organization = ? AND id = ?", [organization, authority])
    guard changed == 1 else { throw StoreError.missing("authority") }
    return try takenCRLNumber(of: authority, in: organization)
  }

  func raiseCRLNumber(of authority: AuthorityID, to number: Int64, in organization: OrganizationID) throws {
    let changed = try execute(
      "UPDATE authorities SET crl_number = max(crl_number, ?) WHERE organization = ? AND id = ?",
      [number, organization, authority])
    if changed == 0 { throw StoreError.missing("authority") }
  }

  func store(_ list: RevocationList, in organization: OrganizationID) throws {
    let taken = try takenCRLNumber(of: list.authority, in: organization)
    // RFC 5280 §5.2.3: CRL numbers grow monotonically. A slow publisher must not put an older list back.
    guard list.number <= taken, list.number > (try revocationList(of: list.authority, in: organization)?.number ?? 0)
    else { throw StoreError.conflict("CRL number \(list.number)") }
    try execute(
      "INSERT OR REPLACE INTO revocation_lists (organization, \(RevocationList.columns)) VALUES (?, ?, ?, ?, ?, ?)",
      [organization, list.authority, list.number, list.thisUpdate, list.nextUpdate, list.encoded])
    try recordStandingChange(of: .revocationList(list.authority), in: organization)
  }

  private func takenCRLNumber(of authority: AuthorityID, in organization: OrganizationID) throws -> Int64 {
    let taken = try number(
      "SELECT crl_number FROM authorities WHERE organization = ? AND id = ?", [organization, authority])
    guard let taken else { throw StoreError.missing("authority") }
    return taken
  }
}

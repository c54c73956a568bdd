import Credentials
import WireFormats

extension SQLiteAccess {
  func certificate(fingerprint: [UInt8], in organization: OrganizationID) throws -> CertificateRecord? {
    try first(CertificateRecord.self, "WHERE fingerprint = ? AND organization = ?", [fingerprint, organization])
  }

  func certificate(
    authority: AuthorityID, serial: SerialNumber, in organization: OrganizationID
  ) throws -> CertificateRecord? {
    try first(
      CertificateRecord.self, "WHERE organization = ? AND authority = ? AND serial = ?",
      [organization, authority, serial])
  }

  func certificates(serial: SerialNumber, in organization: OrganizationID) throws -> [CertificateRecord] {
    // By way of the few authorities, so that the primary key serves.
    try all(
      CertificateRecord.self,
      """
      WHERE organization = ?1 AND authority IN (SELECT id FROM authorities WHERE organization = ?1) AND serial = ?2
      ORDER BY certificates.rowid
      """, [organization, serial])
  }

  func certificates(keyHash: [UInt8], in organization: OrganizationID) throws -> [CertificateRecord] {
    try all(CertificateRecord.self, "WHERE key_hash = ? AND organization = ? ORDER BY rowid", [keyHash, organization])
  }

  func certificates(
    of device: DeviceID, notExpiredAt instant: Instant?, in organization: OrganizationID
  ) throws -> [CertificateRecord] {
    try all(
      CertificateRecord.self, "WHERE device = ? AND organization = ? AND +not_after >= ? ORDER BY rowid",
      [device, organization, instant?.milliseconds ?? .min])
  }

  func certificates(
    renewedFrom parentFingerprint: [UInt8], of device: DeviceID, in organization: OrganizationID
  ) throws -> [CertificateRecord] {
    try all(
      CertificateRecord.self, "WHERE device = ? AND organization = ? AND parent_fingerprint = ? ORDER BY rowid",
      [device, organization, parentFingerprint])
  }

  func countCertificates(matching filter: CertificateFilter, in organization: OrganizationID) throws -> Int {
    let conditions = filter.conditions(in: organization)
    return Int(try number("SELECT count(*) FROM certificates " + conditions.clause, conditions.arguments) ?? 0)
  }

  func certificates(
    matching filter: CertificateFilter, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<CertificateRecord> {
    let byExpiry = filter.expiringFrom != nil || filter.expiringBefore != nil
    var conditions = filter.conditions(in: organization)
    if let cursor {
      let place = try cursor.numbers(2)
      if byExpiry {
        conditions.add("(not_after, rowid) > (?, ?)", place[0], place[1])
      } else {
        conditions.add("rowid > ?", place[1])
      }
    }
    let order = byExpiry ? "not_after, rowid" : "rowid"
    let rows = try all(
      "SELECT \(CertificateRecord.columns), rowid FROM certificates \(conditions.clause) ORDER BY \(order) LIMIT ?",
      conditions.arguments + [max(limit, 1).saturatedSuccessor], of: CertificateRecord.table
    ) { columns throws(StoreError) in
      (record: try CertificateRecord(columns: &columns), row: try columns.integer())
    }
    let page = Page(rows, limit: limit) { Cursor(numbers: [$0.record.notAfter.milliseconds, $0.row]) }
    return Page(items: page.items.map(\.record), next: page.next)
  }
}

extension CertificateFilter {
  fileprivate func conditions(in organization: OrganizationID) -> Conditions {
    var conditions = Conditions("organization = ?", organization)
    conditions.addIfSet("authority = ?", authority)
    conditions.addIfSet("device = ?", device)
    conditions.addIfSet("profile = ?", profile)
    conditions.addIfSet("grant_name = ?", grant)
    conditions.addIfSet("not_after >= ?", expiringFrom)
    conditions.addIfSet("not_after < ?", expiringBefore)
    conditions.addIfSet("status = ?", status)
    // Said twice, so that the partial index of the few that are not good serves.
    if let status, status != .good { conditions.add("status <> 'good'") }
    return conditions
  }
}

extension SQLiteWriter {
  func insert(_ certificate: CertificateRecord) throws {
    try execute(CertificateRecord.insertion, certificate.values)
  }

  func setStatus(
    _ status: CertificateRecord.Status, revokedAt: Instant?, reason: RevocationReason?, ofSerial serial: SerialNumber,
    authority: AuthorityID, in organization: OrganizationID
  ) throws {
    guard let old = try certificate(authority: authority, serial: serial, in: organization) else {
      throw StoreError.missing("certificate")
    }
    if old.status == .revoked, status != .revoked { throw StoreError.conflict("the certificate is revoked") }
    try execute(
      """
      UPDATE certificates SET status = ?, revoked_at = ?, reason = ?
      WHERE organization = ? AND authority = ? AND serial = ?
      """, [status, revokedAt, reason, organization, authority, serial])
    try recordStandingChange(of: .certificate(authority, serial), in: organization)
  }
}

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

  func hasRevokedCertificates(_ device: DeviceID, in organization: OrganizationID) throws -> Bool {
    try number(
      """
      SELECT 1 FROM certificates INDEXED BY certificates_device_revoked
      WHERE device = ? AND organization = ? AND status = 'revoked' LIMIT 1
      """, [device, organization]) != nil
  }

  func countCertificates(matching filter: CertificateFilter, in organization: OrganizationID) throws -> Int {
    let body = CertificateQuery(filter, in: organization).body
    let counted = try rows(selected: "SELECT count(*) FROM \(body.sql)", body.arguments, of: CertificateRecord.table) {
      columns throws(StoreError) in try columns.count()
    }
    return counted.first ?? 0
  }

  func certificates(
    matching filter: CertificateFilter, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<CertificateRecord> {
    let asked = try CertificateQuery(filter, in: organization).page(after: cursor, limit: limit)
    let found = try rows(
      selected: asked.sql, asked.arguments, of: CertificateRecord.table, CertificateQuery.Found.init(columns:))
    let page = Page(found, limit: limit, cursor: \.cursor)
    return Page(items: page.items.map(\.record), next: page.next)
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

extension CertificateRecord: SQLiteRecord {
  static let table = "certificates"
  static let columns = """
    organization, authority, serial, device, name, profile, profile_version, fingerprint, key_hash, encoded, \
    not_before, not_after, issued_at, door, principal, grant_name, parent_fingerprint, key_origin, purpose, status, \
    revoked_at, reason
    """

  /// Put together once: every enrollment looks it up.
  static let insertion = """
    INSERT INTO certificates (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      organization: try columns.identifier(), authority: try columns.identifier(), serial: try columns.serial(),
      device: try columns.identifierIfAny(), name: try columns.text(), profile: try columns.identifier(),
      profileVersion: try columns.count(), fingerprint: try columns.bytes(), keyHash: try columns.bytes(),
      encoded: try columns.bytes(), notBefore: try columns.instant(), notAfter: try columns.instant(),
      issuedAt: try columns.instant(), door: try columns.text(), principal: try columns.text(),
      grant: try columns.identifierIfAny(), parentFingerprint: try columns.bytesIfAny(),
      keyOrigin: try columns.choice(), purpose: try columns.text(), status: try columns.choice(),
      revokedAt: try columns.instantIfAny(), reason: try columns.reasonIfAny())
  }

  /// All values in the order of `columns`.
  var values: [any SQLiteBindable] {
    [
      organization, authority, serial, device, name, profile, profileVersion, fingerprint, keyHash, encoded, notBefore,
      notAfter, issuedAt, door, principal, grant, parentFingerprint, keyOrigin, purpose, status, revokedAt, reason,
    ]
  }
}

import Credentials
import WireFormats

extension EnrollmentSecretRecord: SQLiteRecord {
  static let table = "enrollment_secrets"
  static let columns = """
    device, secret_hash, profile, expires_at, created_at, used_at, used_key_hash, used_certificate, used_authority, \
    voided_at, sealed
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      device: try columns.identifier(), secretHash: try columns.bytes(), profile: try columns.identifier(),
      expiresAt: try columns.instant(), createdAt: try columns.instant(), usedAt: try columns.instantIfAny(),
      usedKeyHash: try columns.bytesIfAny(), usedCertificate: try columns.serialIfAny(),
      usedAuthority: try columns.identifierIfAny(), voidedAt: try columns.instantIfAny(),
      sealed: try columns.bytesIfAny())
  }
}

extension SQLiteAccess {
  func enrollmentSecret(
    of device: DeviceID, hash: [UInt8], in organization: OrganizationID
  ) throws -> EnrollmentSecretRecord? {
    try first(
      EnrollmentSecretRecord.self, "WHERE organization = ? AND device = ? AND secret_hash = ?",
      [organization, device, hash])
  }

  func enrollmentSecret(hash: [UInt8], in organization: OrganizationID) throws -> EnrollmentSecretRecord? {
    try first(
      EnrollmentSecretRecord.self, "WHERE organization = ? AND secret_hash = ? ORDER BY device LIMIT 1",
      [organization, hash])
  }

  func enrollmentSecrets(of device: DeviceID, in organization: OrganizationID) throws -> [EnrollmentSecretRecord] {
    try all(
      EnrollmentSecretRecord.self, "WHERE organization = ? AND device = ? ORDER BY created_at, secret_hash",
      [organization, device])
  }
}

extension SQLiteWriter {
  func insert(_ secret: EnrollmentSecretRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO enrollment_secrets (organization, \(EnrollmentSecretRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, secret.device, secret.secretHash, secret.profile, secret.expiresAt, secret.createdAt,
        secret.usedAt, secret.usedKeyHash, secret.usedCertificate, secret.usedAuthority, secret.voidedAt,
        secret.sealed,
      ])
  }

  func useEnrollmentSecret(
    of device: DeviceID, hash: [UInt8], keyHash: [UInt8], authority: AuthorityID, certificate: SerialNumber,
    at instant: Instant, in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE enrollment_secrets SET used_at = ?, used_key_hash = ?, used_certificate = ?, used_authority = ?
      WHERE organization = ? AND device = ? AND secret_hash = ? AND used_at IS NULL AND voided_at IS NULL
      """, [instant, keyHash, certificate, authority, organization, device, hash])
    if changed > 0 { return }
    let exists = try enrollmentSecret(of: device, hash: hash, in: organization) != nil
    throw exists ? StoreError.conflict("the secret was used or voided") : StoreError.missing("secret")
  }

  @discardableResult
  func voidEnrollmentSecrets(
    of device: DeviceID?, at instant: Instant, in organization: OrganizationID
  ) throws -> Int {
    let unused = "used_at IS NULL AND voided_at IS NULL"
    guard let device else {
      return try execute(
        "UPDATE enrollment_secrets SET voided_at = ?, sealed = NULL WHERE organization = ? AND \(unused)",
        [instant, organization])
    }
    return try execute(
      "UPDATE enrollment_secrets SET voided_at = ?, sealed = NULL WHERE organization = ? AND device = ? AND \(unused)",
      [instant, organization, device])
  }
}

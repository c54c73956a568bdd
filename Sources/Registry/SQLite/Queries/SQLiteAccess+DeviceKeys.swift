import Credentials
import WireFormats

extension DeviceKeyRecord: SQLiteRecord {
  static let table = "device_keys"
  static let columns = "device, key_hash, signer, added_at, added_by, used_at, used_authority, used_certificate"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      device: try columns.identifier(), keyHash: try columns.bytes(), signer: try columns.textIfAny(),
      addedAt: try columns.instant(), addedBy: try columns.text(), usedAt: try columns.instantIfAny(),
      usedAuthority: try columns.identifierIfAny(), usedCertificate: try columns.serialIfAny())
  }
}

extension SQLiteAccess {
  func deviceKey(hash keyHash: [UInt8], in organization: OrganizationID) throws -> DeviceKeyRecord? {
    try first(DeviceKeyRecord.self, "WHERE organization = ? AND key_hash = ?", [organization, keyHash])
  }

  func deviceKeys(of device: DeviceID, in organization: OrganizationID) throws -> [DeviceKeyRecord] {
    try all(
      DeviceKeyRecord.self, "WHERE organization = ? AND device = ? ORDER BY added_at, key_hash", [organization, device])
  }
}

extension SQLiteWriter {
  func insert(_ key: DeviceKeyRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO device_keys (organization, \(DeviceKeyRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, key.device, key.keyHash, key.signer, key.addedAt, key.addedBy, key.usedAt, key.usedAuthority,
        key.usedCertificate,
      ])
  }

  func useDeviceKey(
    hash keyHash: [UInt8], authority: AuthorityID, certificate: SerialNumber, at instant: Instant,
    in organization: OrganizationID
  ) throws {
    let changed = try execute(
      """
      UPDATE device_keys SET used_at = ?, used_authority = ?, used_certificate = ?
      WHERE organization = ? AND key_hash = ? AND used_at IS NULL
      """, [instant, authority, certificate, organization, keyHash])
    if changed > 0 { return }
    let exists = try deviceKey(hash: keyHash, in: organization) != nil
    throw exists ? StoreError.conflict("the key was used") : StoreError.missing("key")
  }
}

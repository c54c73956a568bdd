import WireFormats

extension DeviceTPMRecord: SQLiteRecord {
  static let table = "device_tpms"
  static let columns = "endorsement_key_hash, device, attestation_key, manufacturer, pinned_at, pinned_by"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      endorsementKeyHash: try columns.bytes(), device: try columns.identifier(), attestationKey: try columns.bytes(),
      manufacturer: try columns.text(), pinnedAt: try columns.instant(), pinnedBy: try columns.text())
  }
}

extension KeyResidenceRecord: SQLiteRecord {
  static let table = "key_residences"
  static let columns = "key_hash, endorsement_key_hash, device, shown_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      keyHash: try columns.bytes(), endorsementKeyHash: try columns.bytes(), device: try columns.identifier(),
      shownAt: try columns.instant())
  }
}

extension SQLiteAccess {
  func keyResidence(keyHash: [UInt8], in organization: OrganizationID) throws -> KeyResidenceRecord? {
    try first(KeyResidenceRecord.self, "WHERE organization = ? AND key_hash = ?", [organization, keyHash])
  }

  func deviceTPM(endorsementKeyHash hash: [UInt8], in organization: OrganizationID) throws -> DeviceTPMRecord? {
    try first(DeviceTPMRecord.self, "WHERE organization = ? AND endorsement_key_hash = ?", [organization, hash])
  }

  func deviceTPM(of device: DeviceID, in organization: OrganizationID) throws -> DeviceTPMRecord? {
    try first(DeviceTPMRecord.self, "WHERE organization = ? AND device = ?", [organization, device])
  }
}

extension SQLiteWriter {
  func unpinTPM(of device: DeviceID, in organization: OrganizationID) throws {
    let changed = try execute("DELETE FROM device_tpms WHERE organization = ? AND device = ?", [organization, device])
    if changed == 0 { throw StoreError.missing("TPM") }
  }

  func note(_ residence: KeyResidenceRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO key_residences (organization, \(KeyResidenceRecord.columns)) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (organization, key_hash) DO UPDATE SET endorsement_key_hash = excluded.endorsement_key_hash,
        device = excluded.device, shown_at = excluded.shown_at
      """,
      [organization, residence.keyHash, residence.endorsementKeyHash, residence.device, residence.shownAt])
  }

  func pin(_ tpm: DeviceTPMRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO device_tpms (organization, \(DeviceTPMRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (organization, endorsement_key_hash) DO UPDATE SET device = excluded.device,
        attestation_key = excluded.attestation_key, manufacturer = excluded.manufacturer,
        pinned_at = excluded.pinned_at, pinned_by = excluded.pinned_by
      """,
      [
        organization, tpm.endorsementKeyHash, tpm.device, tpm.attestationKey, tpm.manufacturer, tpm.pinnedAt,
        tpm.pinnedBy,
      ])
  }
}

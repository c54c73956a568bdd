/// Reads which TPM is whose.
public protocol DeviceTPMReading {
  /// `hash` is the SHA-256 of the endorsement key's SubjectPublicKeyInfo.
  func deviceTPM(endorsementKeyHash hash: [UInt8], in organization: OrganizationID) throws -> DeviceTPMRecord?
  func deviceTPM(of device: DeviceID, in organization: OrganizationID) throws -> DeviceTPMRecord?
  /// Where a key was shown to live; nil for one that was never shown.
  func keyResidence(keyHash: [UInt8], in organization: OrganizationID) throws -> KeyResidenceRecord?
}

/// Writes which TPM is whose.
public protocol DeviceTPMWriting {
  /// Pins it, or puts this in the place of what the same TPM had. Throws `StoreError.duplicate` when the device has
  /// another TPM.
  func pin(_ tpm: DeviceTPMRecord, in organization: OrganizationID) throws
  /// Ends it. Throws `StoreError.missing` when the device has none.
  func unpinTPM(of device: DeviceID, in organization: OrganizationID) throws
  /// Notes it, in the place of what was noted of the same key.
  func note(_ residence: KeyResidenceRecord, in organization: OrganizationID) throws
}

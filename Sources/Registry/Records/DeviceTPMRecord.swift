import WireFormats

/// The TPM of a device, pinned when it first proved a key's residence: one TPM, one device.
public struct DeviceTPMRecord: Hashable, Sendable {
  /// SHA-256 of the endorsement key's SubjectPublicKeyInfo, 32 octets.
  public var endorsementKeyHash: [UInt8]
  public var device: DeviceID
  /// The attestation key that was enrolled, TPMT_PUBLIC: evidence that it signed is this device's.
  public var attestationKey: [UInt8]
  /// The trusted authority that vouched for the TPM, by its name.
  public var manufacturer: String
  public var pinnedAt: Instant
  public var pinnedBy: String

  public init(
    endorsementKeyHash: [UInt8], device: DeviceID, attestationKey: [UInt8], manufacturer: String, pinnedAt: Instant,
    pinnedBy: String
  ) {
    self.endorsementKeyHash = endorsementKeyHash
    self.device = device
    self.attestationKey = attestationKey
    self.manufacturer = manufacturer
    self.pinnedAt = pinnedAt
    self.pinnedBy = pinnedBy
  }
}

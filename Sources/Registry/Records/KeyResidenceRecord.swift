import WireFormats

/// A key that a TPM showed to live in it.
public struct KeyResidenceRecord: Hashable, Sendable {
  /// SHA-256 of the key's SubjectPublicKeyInfo.
  public var keyHash: [UInt8]
  /// Which TPM: SHA-256 of its endorsement key's SubjectPublicKeyInfo.
  public var endorsementKeyHash: [UInt8]
  public var device: DeviceID
  public var shownAt: Instant

  public init(keyHash: [UInt8], endorsementKeyHash: [UInt8], device: DeviceID, shownAt: Instant) {
    self.keyHash = keyHash
    self.endorsementKeyHash = endorsementKeyHash
    self.device = device
    self.shownAt = shownAt
  }
}

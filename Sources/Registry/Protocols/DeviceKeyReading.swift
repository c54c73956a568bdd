import Credentials
import WireFormats

/// Reads keys that are known before their device asks.
public protocol DeviceKeyReading {
  /// `keyHash` is the SHA-256 of the SubjectPublicKeyInfo. One key belongs to one device.
  func deviceKey(hash keyHash: [UInt8], in organization: OrganizationID) throws -> DeviceKeyRecord?
  /// All of a device, oldest first.
  func deviceKeys(of device: DeviceID, in organization: OrganizationID) throws -> [DeviceKeyRecord]
}

/// Writes keys that are known before their device asks.
public protocol DeviceKeyWriting {
  /// Throws `StoreError.duplicate` when a device has this key.
  func insert(_ key: DeviceKeyRecord, in organization: OrganizationID) throws
  /// Uses it up. Throws `StoreError.conflict` when it was used, `StoreError.missing` when it is not there.
  func useDeviceKey(
    hash keyHash: [UInt8], authority: AuthorityID, certificate: SerialNumber, at instant: Instant,
    in organization: OrganizationID
  ) throws
}

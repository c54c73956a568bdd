import Credentials
import WireFormats

/// Reads devices' one-time secrets.
public protocol EnrollmentSecretReading {
  /// The secret of this device with this SHA-256, in any state.
  func enrollmentSecret(
    of device: DeviceID, hash: [UInt8], in organization: OrganizationID
  ) throws -> EnrollmentSecretRecord?
  /// The secret with this SHA-256, in any state, where a request shows a secret and no name.
  func enrollmentSecret(hash: [UInt8], in organization: OrganizationID) throws -> EnrollmentSecretRecord?
  /// All of a device, oldest first.
  func enrollmentSecrets(of device: DeviceID, in organization: OrganizationID) throws -> [EnrollmentSecretRecord]
}

/// Writes devices' one-time secrets.
public protocol EnrollmentSecretWriting {
  /// Throws `StoreError.duplicate` when the device has this secret.
  func insert(_ secret: EnrollmentSecretRecord, in organization: OrganizationID) throws
  /// Uses it up. Throws `StoreError.conflict` when it was used or voided, `StoreError.missing` when it is not there.
  func useEnrollmentSecret(
    of device: DeviceID, hash: [UInt8], keyHash: [UInt8], authority: AuthorityID, certificate: SerialNumber,
    at instant: Instant, in organization: OrganizationID
  ) throws
  /// Voids what is unused, of one device or (nil) of all, and forgets what is sealed of it; returns how many.
  @discardableResult
  func voidEnrollmentSecrets(
    of device: DeviceID?, at instant: Instant, in organization: OrganizationID
  ) throws -> Int
}

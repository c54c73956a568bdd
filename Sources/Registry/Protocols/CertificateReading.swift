import Credentials
import WireFormats

/// Reads certificates.
public protocol CertificateReading {
  /// `fingerprint` is the SHA-256 of the whole certificate.
  func certificate(fingerprint: [UInt8], in organization: OrganizationID) throws -> CertificateRecord?
  func certificate(
    authority: AuthorityID, serial: SerialNumber, in organization: OrganizationID
  ) throws -> CertificateRecord?
  /// Any authority's certificate with this serial, oldest first.
  func certificates(serial: SerialNumber, in organization: OrganizationID) throws -> [CertificateRecord]
  /// Oldest first. `keyHash` is the SHA-256 of the SubjectPublicKeyInfo.
  func certificates(keyHash: [UInt8], in organization: OrganizationID) throws -> [CertificateRecord]
  /// Oldest first; with `notExpiredAt` only those that do not expire before it.
  func certificates(
    of device: DeviceID, notExpiredAt instant: Instant?, in organization: OrganizationID
  ) throws -> [CertificateRecord]
  /// Those whose renewal this certificate authenticated; two of them raise an alarm.
  func certificates(
    renewedFrom parentFingerprint: [UInt8], of device: DeviceID, in organization: OrganizationID
  ) throws -> [CertificateRecord]
  /// Whether one of the device's certificates, expired or not, is revoked.
  func hasRevokedCertificates(_ device: DeviceID, in organization: OrganizationID) throws -> Bool
  /// In the order of issuance, or of expiry when the filter bounds it. `limit` is 1 or more.
  func certificates(
    matching filter: CertificateFilter, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<CertificateRecord>
  func countCertificates(matching filter: CertificateFilter, in organization: OrganizationID) throws -> Int
}

/// Writes certificates.
public protocol CertificateWriting {
  /// Throws `StoreError.duplicate` when the authority issued this serial, or the certificate is there.
  func insert(_ certificate: CertificateRecord) throws
  /// Holds, revokes or releases, and records a standing change. Throws `StoreError.missing`, and
  /// `StoreError.conflict` when a revoked one would become held or good again.
  func setStatus(
    _ status: CertificateRecord.Status, revokedAt: Instant?, reason: RevocationReason?, ofSerial serial: SerialNumber,
    authority: AuthorityID, in organization: OrganizationID
  ) throws
}

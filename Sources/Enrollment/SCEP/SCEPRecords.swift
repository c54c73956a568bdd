import Credentials
import Registry
import WireFormats

/// What SCEP needs of what is stored. Nothing here decides.
public protocol SCEPRecords: Sendable {
  /// The certificate of that issuer and serial number, if it was issued here.
  func certificate(issuer: DistinguishedName, serial: SerialNumber) async throws -> CertificateRecord?
  func certificate(fingerprint: [UInt8]) async throws -> CertificateRecord?
  func device(_ identifier: DeviceID) async throws -> DeviceRecord?
  /// The latest list of the authority with that name, DER.
  func revocationList(issuer: DistinguishedName) async throws -> [UInt8]?
  /// What was remembered of a transaction, until it expires.
  func transaction(_ identifier: String) async throws -> [UInt8]?
  func remember(_ state: [UInt8], transaction identifier: String, until expiry: Instant) async throws
}

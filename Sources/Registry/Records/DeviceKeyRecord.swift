import Credentials
import WireFormats

/// A public key that was known for a device before the device asked: its possession is proof enough for one
/// certificate.
public struct DeviceKeyRecord: Hashable, Sendable {
  public var device: DeviceID
  /// SHA-256 of the SubjectPublicKeyInfo, 32 octets.
  public var keyHash: [UInt8]
  /// SHA-256, in hexadecimal, of the certificate that vouched for it in a manifest; nil when a person stated it.
  public var signer: String?
  public var addedAt: Instant
  public var addedBy: String
  public var usedAt: Instant?
  public var usedAuthority: AuthorityID?
  public var usedCertificate: SerialNumber?

  public init(
    device: DeviceID, keyHash: [UInt8], signer: String? = nil, addedAt: Instant, addedBy: String,
    usedAt: Instant? = nil, usedAuthority: AuthorityID? = nil, usedCertificate: SerialNumber? = nil
  ) {
    self.device = device
    self.keyHash = keyHash
    self.signer = signer
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.usedAt = usedAt
    self.usedAuthority = usedAuthority
    self.usedCertificate = usedCertificate
  }
}

import Credentials
import WireFormats

/// A device's one-time secret, of which the SHA-256 is kept and, where a door must know it to check a MAC, itself, sealed.
public struct EnrollmentSecretRecord: Hashable, Sendable {
  public var device: DeviceID
  /// SHA-256 of the secret's text, 32 octets.
  public var secretHash: [UInt8]
  public var profile: ProfileName
  public var expiresAt: Instant
  public var createdAt: Instant
  /// The first success.
  public var usedAt: Instant?
  /// The public key that used it: the same key gets the same certificate again.
  public var usedKeyHash: [UInt8]?
  public var usedCertificate: SerialNumber?
  /// The authority that issued `usedCertificate`.
  public var usedAuthority: AuthorityID?
  public var voidedAt: Instant?
  /// The secret's text under a key in custody; nil unless it was made to check a MAC.
  public var sealed: [UInt8]?

  public init(
    device: DeviceID, secretHash: [UInt8], profile: ProfileName, expiresAt: Instant, createdAt: Instant,
    usedAt: Instant? = nil, usedKeyHash: [UInt8]? = nil, usedCertificate: SerialNumber? = nil,
    usedAuthority: AuthorityID? = nil, voidedAt: Instant? = nil, sealed: [UInt8]? = nil
  ) {
    self.device = device
    self.secretHash = secretHash
    self.profile = profile
    self.expiresAt = expiresAt
    self.createdAt = createdAt
    self.usedAt = usedAt
    self.usedKeyHash = usedKeyHash
    self.usedCertificate = usedCertificate
    self.usedAuthority = usedAuthority
    self.voidedAt = voidedAt
    self.sealed = sealed
  }
}

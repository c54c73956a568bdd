import Credentials
import WireFormats

/// One success under a grant, bound to a public key so that a lost answer is given again and counts once.
public struct GrantUse: Hashable, Sendable {
  public var grant: GrantName
  /// SHA-256 of the SubjectPublicKeyInfo, 32 octets.
  public var keyHash: [UInt8]
  /// The authority that issued `certificate`.
  public var authority: AuthorityID
  public var certificate: SerialNumber
  /// Nil where the profile keeps no device.
  public var device: DeviceID?
  public var at: Instant

  public init(
    grant: GrantName, keyHash: [UInt8], authority: AuthorityID, certificate: SerialNumber, device: DeviceID?,
    at: Instant
  ) {
    self.grant = grant
    self.keyHash = keyHash
    self.authority = authority
    self.certificate = certificate
    self.device = device
    self.at = at
  }
}

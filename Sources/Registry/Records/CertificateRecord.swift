import Credentials
import WireFormats

/// A certificate that an authority of ours issued, with the evidence of who asked, how, and under what.
public struct CertificateRecord: Hashable, Sendable {
  /// Where the subject's private key came from.
  public enum KeyOrigin: String, Sendable, CaseIterable {
    case software, claimed, attested
  }

  /// Held can become good again; revoked cannot. Expiry is not a status: it follows from `notAfter`.
  public enum Status: String, Sendable, CaseIterable {
    case good, held, revoked
  }

  public var organization: OrganizationID
  public var authority: AuthorityID
  /// Unique per authority.
  public var serial: SerialNumber
  /// Nil for what belongs to no device record (lab, the server, administrators).
  public var device: DeviceID?
  /// The subject, as text.
  public var name: String
  public var profile: ProfileName
  public var profileVersion: Int
  /// SHA-256 of `encoded`, 32 octets.
  public var fingerprint: [UInt8]
  /// SHA-256 of the SubjectPublicKeyInfo, 32 octets.
  public var keyHash: [UInt8]
  /// DER.
  public var encoded: [UInt8]
  public var notBefore: Instant
  public var notAfter: Instant
  public var issuedAt: Instant
  /// The door through which it was asked for.
  public var door: String
  /// Who asked.
  public var principal: String
  public var grant: GrantName?
  /// The certificate that authenticated a renewal.
  public var parentFingerprint: [UInt8]?
  public var keyOrigin: KeyOrigin
  /// What the device uses it for: idevid, operational, ...
  public var purpose: String
  public var status: Status
  /// When the hold or the revocation began.
  public var revokedAt: Instant?
  public var reason: RevocationReason?

  public init(
    organization: OrganizationID, authority: AuthorityID, serial: SerialNumber, device: DeviceID?, name: String,
    profile: ProfileName, profileVersion: Int, fingerprint: [UInt8], keyHash: [UInt8], encoded: [UInt8],
    notBefore: Instant, notAfter: Instant, issuedAt: Instant, door: String, principal: String,
    grant: GrantName? = nil, parentFingerprint: [UInt8]? = nil, keyOrigin: KeyOrigin = .software, purpose: String,
    status: Status = .good, revokedAt: Instant? = nil, reason: RevocationReason? = nil
  ) {
    self.organization = organization
    self.authority = authority
    self.serial = serial
    self.device = device
    self.name = name
    self.profile = profile
    self.profileVersion = profileVersion
    self.fingerprint = fingerprint
    self.keyHash = keyHash
    self.encoded = encoded
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.issuedAt = issuedAt
    self.door = door
    self.principal = principal
    self.grant = grant
    self.parentFingerprint = parentFingerprint
    self.keyOrigin = keyOrigin
    self.purpose = purpose
    self.status = status
    self.revokedAt = revokedAt
    self.reason = reason
  }
}

import Credentials
import WireFormats

/// An administrator: a record for one certificate, never a name or a chain.
public struct AdministratorRecord: Hashable, Sendable {
  /// A station enrolls only under its profiles and grants; an auditor only reads. A registration authority asks for
  /// others' certificates at the devices' doors, and does nothing else.
  public enum Role: String, Sendable, CaseIterable {
    case administrator, `operator`, station, auditor
    case registrationAuthority = "registration-authority"
  }

  /// SHA-256 of the certificate, 32 octets.
  public var fingerprint: [UInt8]
  public var organization: OrganizationID
  public var name: String
  public var role: Role
  /// What a station or a registration authority enrolls for; empty for the other roles.
  public var profiles: [ProfileName]
  /// Whose devices a registration authority speaks for; nil for any.
  public var lot: String?
  /// How many certificates a registration authority may ask for; nil for any number.
  public var uses: Int?
  /// How many it was given.
  public var issued: Int
  /// The serial of its certificate.
  public var certificate: SerialNumber
  public var addedAt: Instant
  public var addedBy: String
  public var removedAt: Instant?

  public init(
    fingerprint: [UInt8], organization: OrganizationID, name: String, role: Role, profiles: [ProfileName] = [],
    lot: String? = nil, uses: Int? = nil, issued: Int = 0, certificate: SerialNumber, addedAt: Instant, addedBy: String,
    removedAt: Instant? = nil
  ) {
    self.fingerprint = fingerprint
    self.organization = organization
    self.name = name
    self.role = role
    self.profiles = profiles
    self.lot = lot
    self.uses = uses
    self.issued = issued
    self.certificate = certificate
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.removedAt = removedAt
  }
}

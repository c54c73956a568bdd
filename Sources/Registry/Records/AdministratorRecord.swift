import Credentials
import WireFormats

/// An administrator: a record for one certificate, never a name or a chain.
public struct AdministratorRecord: Hashable, Sendable {
  /// A station enrolls only under its profiles and grants; an auditor only reads.
  public enum Role: String, Sendable, CaseIterable {
    case administrator, `operator`, station, auditor
  }

  /// SHA-256 of the certificate, 32 octets.
  public var fingerprint: [UInt8]
  public var organization: OrganizationID
  public var name: String
  public var role: Role
  /// What a station enrolls for; empty for the other roles.
  public var profiles: [ProfileName]
  /// The serial of its certificate.
  public var certificate: SerialNumber
  public var addedAt: Instant
  public var addedBy: String
  public var removedAt: Instant?

  public init(
    fingerprint: [UInt8], organization: OrganizationID, name: String, role: Role, profiles: [ProfileName] = [],
    certificate: SerialNumber, addedAt: Instant, addedBy: String, removedAt: Instant? = nil
  ) {
    self.fingerprint = fingerprint
    self.organization = organization
    self.name = name
    self.role = role
    self.profiles = profiles
    self.certificate = certificate
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.removedAt = removedAt
  }
}

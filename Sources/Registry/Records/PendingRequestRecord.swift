import Credentials
import WireFormats

/// A request for a certificate that waits for an operator, or on which one decided.
public struct PendingRequestRecord: Hashable, Sendable {
  public enum State: String, Sendable, CaseIterable {
    case pending, approved, denied
    /// Approved, and the certificate was made.
    case issued
  }

  public var id: PendingRequestID
  public var organization: OrganizationID
  /// SHA-256 over all that decides: what is asked for, under which right and which profile. 32 octets.
  public var digest: [UInt8]
  public var profile: ProfileName
  /// The protocol's name.
  public var door: String
  /// Who asks, as the log names them.
  public var principal: String
  /// The device's serial; empty where the profile keeps no device.
  public var serial: String
  /// As it would stand in the certificate, RFC 4514.
  public var subject: String
  /// SHA-256 of the SubjectPublicKeyInfo, 32 octets.
  public var keyHash: [UInt8]
  /// What arrived, DER: a PKCS#10 request, or what stands in its place in another protocol.
  public var request: [UInt8]
  /// Where it came from.
  public var address: String
  public var createdAt: Instant
  /// From then on it is as if it had not been asked.
  public var expiresAt: Instant
  public var state: State
  public var decidedAt: Instant?
  /// Who decided, as the log names them.
  public var decidedBy: String?
  /// Why, as the operator said it.
  public var reason: String?
  /// The authority that issued `certificate`.
  public var authority: AuthorityID?
  public var certificate: SerialNumber?

  public init(
    id: PendingRequestID, organization: OrganizationID, digest: [UInt8], profile: ProfileName, door: String,
    principal: String, serial: String, subject: String, keyHash: [UInt8], request: [UInt8], address: String,
    createdAt: Instant, expiresAt: Instant, state: State = .pending, decidedAt: Instant? = nil,
    decidedBy: String? = nil, reason: String? = nil, authority: AuthorityID? = nil, certificate: SerialNumber? = nil
  ) {
    (self.id, self.organization, self.digest, self.profile) = (id, organization, digest, profile)
    (self.door, self.principal, self.serial, self.subject) = (door, principal, serial, subject)
    (self.keyHash, self.request, self.address) = (keyHash, request, address)
    (self.createdAt, self.expiresAt, self.state) = (createdAt, expiresAt, state)
    (self.decidedAt, self.decidedBy, self.reason) = (decidedAt, decidedBy, reason)
    (self.authority, self.certificate) = (authority, certificate)
  }
}

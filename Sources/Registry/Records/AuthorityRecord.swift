import Credentials
import WireFormats

/// An issuing authority or a root: certificate, standing and where its key is found.
public struct AuthorityRecord: Hashable, Sendable {
  /// What the authority may issue for.
  public enum Purpose: String, Sendable, CaseIterable {
    case root, successor, idevid, operational, installation, lab
    /// Somebody else's, above an authority of this organization: its key never was here.
    case foreign
  }

  /// Only an active authority issues; a standby waits sealed; a retired one still answers for what it issued.
  public enum State: String, Sendable, CaseIterable {
    case active, standby, retired
  }

  public var id: AuthorityID
  public var organization: OrganizationID
  public var purpose: Purpose
  /// Of an authority that was added beside those that `init` makes; nil for those.
  public var givenName: AuthorityName?
  /// Nil for a root.
  public var parent: AuthorityID?
  /// The DER of its distinguished name.
  public var subject: [UInt8]
  /// DER.
  public var certificate: [UInt8]
  /// The key's name in custody.
  public var keyName: String
  public var state: State
  /// The highest CRL number that was ever taken; 0 before the first.
  public var crlNumber: Int64
  public var notAfter: Instant
  public var createdAt: Instant
  /// Set when its root revoked its certificate.
  public var revokedAt: Instant?
  public var revocationReason: RevocationReason?

  public init(
    id: AuthorityID, organization: OrganizationID, purpose: Purpose, givenName: AuthorityName? = nil,
    parent: AuthorityID?, subject: [UInt8], certificate: [UInt8], keyName: String, state: State = .active,
    crlNumber: Int64 = 0, notAfter: Instant, createdAt: Instant, revokedAt: Instant? = nil,
    revocationReason: RevocationReason? = nil
  ) {
    self.id = id
    self.organization = organization
    self.purpose = purpose
    self.givenName = givenName
    self.parent = parent
    self.subject = subject
    self.certificate = certificate
    self.keyName = keyName
    self.state = state
    self.crlNumber = crlNumber
    self.notAfter = notAfter
    self.createdAt = createdAt
    self.revokedAt = revokedAt
    self.revocationReason = revocationReason
  }
}

extension AuthorityRecord {
  /// What profiles call it. The authorities of one name are one after another: the active one, and those before it.
  public var name: AuthorityName { givenName ?? AuthorityName(purpose) }
}

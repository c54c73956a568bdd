import WireFormats

/// What somebody else's authority was asked to certify: a key that was made here, until a certificate for it is installed.
public struct AuthorityRequestRecord: Hashable, Sendable {
  /// That the authority will have; its key is named by it in custody.
  public var id: AuthorityID
  public var organization: OrganizationID
  public var name: AuthorityName
  public var purpose: AuthorityRecord.Purpose
  /// The authority whose place it takes; nil for one that is new.
  public var replaces: AuthorityID?
  /// PKCS#10, DER.
  public var request: [UInt8]
  public var createdAt: Instant
  public var createdBy: String
  public var installedAt: Instant?

  public init(
    id: AuthorityID, organization: OrganizationID, name: AuthorityName, purpose: AuthorityRecord.Purpose,
    replaces: AuthorityID? = nil, request: [UInt8], createdAt: Instant, createdBy: String, installedAt: Instant? = nil
  ) {
    self.id = id
    self.organization = organization
    self.name = name
    self.purpose = purpose
    self.replaces = replaces
    self.request = request
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.installedAt = installedAt
  }
}

import WireFormats

/// An organization: the owner of everything else.
public struct OrganizationRecord: Hashable, Sendable {
  public var id: OrganizationID
  /// As people write it.
  public var name: String
  public var createdAt: Instant
  /// Starts at 1; a restore opens the next one.
  public var auditEpoch: Int

  public init(
    id: OrganizationID, name: String, createdAt: Instant, auditEpoch: Int = 1
  ) {
    self.id = id
    self.name = name
    self.createdAt = createdAt
    self.auditEpoch = auditEpoch
  }
}

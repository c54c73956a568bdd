import WireFormats

/// What was asked of a root, exactly as it was given out: an answer is checked against it.
public struct RootRequestRecord: Hashable, Sendable {
  public var id: RootRequestID
  public var organization: OrganizationID
  /// What is asked, for lists: `renew-authority` and so on.
  public var act: String
  /// The signed text.
  public var note: String
  public var createdAt: Instant
  public var createdBy: String
  public var expiresAt: Instant
  public var answeredAt: Instant?

  public init(
    id: RootRequestID, organization: OrganizationID, act: String, note: String, createdAt: Instant, createdBy: String,
    expiresAt: Instant, answeredAt: Instant? = nil
  ) {
    self.id = id
    self.organization = organization
    self.act = act
    self.note = note
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.expiresAt = expiresAt
    self.answeredAt = answeredAt
  }
}

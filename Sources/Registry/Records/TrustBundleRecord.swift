import WireFormats

/// A trust bundle that was published.
public struct TrustBundleRecord: Hashable, Sendable {
  public var organization: OrganizationID
  /// From 1 up; it only grows.
  public var number: Int64
  /// The signed note.
  public var note: String
  public var expiresAt: Instant
  public var publishedAt: Instant
  public var publishedBy: String

  public init(
    organization: OrganizationID, number: Int64, note: String, expiresAt: Instant, publishedAt: Instant,
    publishedBy: String
  ) {
    self.organization = organization
    self.number = number
    self.note = note
    self.expiresAt = expiresAt
    self.publishedAt = publishedAt
    self.publishedBy = publishedBy
  }
}

/// One version of who approves, for one purpose.
public struct ApproverDocumentRecord: Hashable, Sendable {
  public var organization: OrganizationID
  public var purpose: String
  /// From 1 up, without gaps.
  public var number: Int64
  /// The signed note.
  public var note: String
  public var addedAt: Instant
  public var addedBy: String

  public init(
    organization: OrganizationID, purpose: String, number: Int64, note: String, addedAt: Instant, addedBy: String
  ) {
    self.organization = organization
    self.purpose = purpose
    self.number = number
    self.note = note
    self.addedAt = addedAt
    self.addedBy = addedBy
  }
}

import WireFormats

/// A grant lets many devices enroll under one profile, a count and an expiry.
public struct GrantRecord: Hashable, Sendable {
  public var name: GrantName
  public var organization: OrganizationID
  /// SHA-256 of the secret's text, 32 octets.
  public var secretHash: [UInt8]
  public var profile: ProfileName
  /// How many certificates it may issue.
  public var uses: Int
  public var issued: Int
  /// Answers given again after a loss; they do not count.
  public var repeated: Int
  public var refused: Int
  public var lot: String?
  public var serialsFrom: String?
  public var serialsTo: String?
  /// Only these serials; empty when the grant names none.
  public var serials: [String]
  /// The name of the one station that may use it; nil when devices use it themselves.
  public var station: String?
  public var expiresAt: Instant
  public var createdAt: Instant
  public var createdBy: String
  public var revokedAt: Instant?
  /// Since a restore: it lets nobody in until an operator reopens it.
  public var closedAt: Instant?
  /// The secret's text under a key in custody; nil unless it was made to check a MAC.
  public var sealed: [UInt8]?

  public init(
    name: GrantName, organization: OrganizationID, secretHash: [UInt8], profile: ProfileName, uses: Int,
    issued: Int = 0, repeated: Int = 0, refused: Int = 0, lot: String? = nil, serialsFrom: String? = nil,
    serialsTo: String? = nil, serials: [String] = [], station: String? = nil, expiresAt: Instant, createdAt: Instant,
    createdBy: String, revokedAt: Instant? = nil, closedAt: Instant? = nil, sealed: [UInt8]? = nil
  ) {
    self.name = name
    self.organization = organization
    self.secretHash = secretHash
    self.profile = profile
    self.uses = uses
    self.issued = issued
    self.repeated = repeated
    self.refused = refused
    self.lot = lot
    self.serialsFrom = serialsFrom
    self.serialsTo = serialsTo
    self.serials = serials
    self.station = station
    self.expiresAt = expiresAt
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.revokedAt = revokedAt
    self.closedAt = closedAt
    self.sealed = sealed
  }
}

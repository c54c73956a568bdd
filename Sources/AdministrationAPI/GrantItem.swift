/// A right for many devices to enroll, and how far it is used.
public struct GrantItem: Codable, Hashable, Sendable {
  public var name: String
  public var profile: String
  /// How many devices it lets in.
  public var uses: Int
  public var issued: Int
  /// Answers given again for a key that had its certificate; not counted.
  public var repeated: Int
  public var refused: Int
  public var left: Int
  public var lot: String?
  public var serialsFrom: String?
  public var serialsTo: String?
  public var serials: [String]?
  /// The one station that may use it.
  public var station: String?
  public var expires: String
  public var createdAt: String
  public var createdBy: String
  public var revokedAt: String?
  /// Since a restore.
  public var closedAt: String?

  public init(
    name: String, profile: String, uses: Int, issued: Int, repeated: Int, refused: Int, left: Int, lot: String? = nil,
    serialsFrom: String? = nil, serialsTo: String? = nil, serials: [String]? = nil, station: String? = nil,
    expires: String,
    createdAt: String, createdBy: String,
    revokedAt: String? = nil, closedAt: String? = nil
  ) {
    self.name = name
    self.profile = profile
    self.uses = uses
    self.issued = issued
    self.repeated = repeated
    self.refused = refused
    self.left = left
    self.lot = lot
    self.serialsFrom = serialsFrom
    self.serialsTo = serialsTo
    self.serials = serials
    self.station = station
    self.expires = expires
    self.createdAt = createdAt
    self.createdBy = createdBy
    self.revokedAt = revokedAt
    self.closedAt = closedAt
  }

  enum CodingKeys: String, CodingKey {
    case name, profile, uses, issued, repeated, refused, left, lot
    case serialsFrom = "serials_from"
    case serialsTo = "serials_to"
    case serials, station
    case expires
    case createdAt = "created_at"
    case createdBy = "created_by"
    case revokedAt = "revoked_at"
    case closedAt = "closed_at"
  }
}

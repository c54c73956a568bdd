/// What `POST /grants` takes.
public struct NewGrant: Codable, Hashable, Sendable {
  public var profile: String
  public var uses: Int
  /// For example `24h`.
  public var expiresIn: String
  public var lot: String?
  public var serialsFrom: String?
  public var serialsTo: String?
  public var serials: [String]?
  /// Whether the secret is also for doors that check a MAC with it.
  public var mac: Bool?

  public init(
    profile: String, uses: Int, expiresIn: String, lot: String? = nil, serialsFrom: String? = nil,
    serialsTo: String? = nil, serials: [String]? = nil, mac: Bool? = nil
  ) {
    self.profile = profile
    self.uses = uses
    self.expiresIn = expiresIn
    self.lot = lot
    self.serialsFrom = serialsFrom
    self.serialsTo = serialsTo
    self.serials = serials
    self.mac = mac
  }

  enum CodingKeys: String, CodingKey {
    case profile, uses
    case expiresIn = "expires_in"
    case lot
    case serialsFrom = "serials_from"
    case serialsTo = "serials_to"
    case serials, mac
  }
}

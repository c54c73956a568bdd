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
  /// The name of the one station that may use it.
  public var station: String?

  public init(
    profile: String, uses: Int, expiresIn: String, lot: String? = nil, serialsFrom: String? = nil,
    serialsTo: String? = nil, serials: [String]? = nil, mac: Bool? = nil, station: String? = nil
  ) {
    self.profile = profile
    self.uses = uses
    self.expiresIn = expiresIn
    self.lot = lot
    self.serialsFrom = serialsFrom
    self.serialsTo = serialsTo
    self.serials = serials
    self.mac = mac
    self.station = station
  }

  enum CodingKeys: String, CodingKey {
    case profile, uses
    case expiresIn = "expires_in"
    case lot
    case serialsFrom = "serials_from"
    case serialsTo = "serials_to"
    case serials, mac, station
  }
}

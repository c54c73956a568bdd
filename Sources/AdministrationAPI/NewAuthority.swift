/// What `POST /authorities` and `POST /authority-requests` take.
public struct NewAuthority: Codable, Hashable, Sendable {
  /// 1 to 31 lower-case letters, digits and inner hyphens.
  public var name: String
  /// `operational`, which is what none says, or `idevid`.
  public var purpose: String?
  /// `P-256`, which is what none says, and so on.
  public var algorithm: String?
  /// The URI of the token that the key is made on (RFC 7512); nil makes it where this server makes keys.
  public var keys: String?
  /// Nil names it by `name`.
  public var commonName: String?
  /// For example `5y`. Under somebody else's root it is theirs to say.
  public var lifetime: String?

  public init(
    name: String, purpose: String? = nil, algorithm: String? = nil, keys: String? = nil, commonName: String? = nil,
    lifetime: String? = nil
  ) {
    self.name = name
    self.purpose = purpose
    self.algorithm = algorithm
    self.keys = keys
    self.commonName = commonName
    self.lifetime = lifetime
  }

  enum CodingKeys: String, CodingKey {
    case name, purpose, algorithm, keys, lifetime
    case commonName = "common_name"
  }
}

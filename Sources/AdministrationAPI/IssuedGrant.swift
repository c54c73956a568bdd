/// A grant's name and secret, shown once.
public struct IssuedGrant: Codable, Hashable, Sendable {
  public var name: String
  public var secret: String
  public var profile: String
  public var uses: Int
  public var expires: String

  public init(name: String, secret: String, profile: String, uses: Int, expires: String) {
    self.name = name
    self.secret = secret
    self.profile = profile
    self.uses = uses
    self.expires = expires
  }
}

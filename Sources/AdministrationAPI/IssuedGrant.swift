/// A grant's name and secret, shown once.
public struct IssuedGrant: Codable, Hashable, Sendable {
  public var name: String
  public var secret: String
  public var profile: String
  public var uses: Int
  public var expires: String
  /// Where the devices enroll.
  public var url: String
  /// SHA-256 of the root certificate, lower-case hexadecimal.
  public var rootSHA256: String

  public init(
    name: String, secret: String, profile: String, uses: Int, expires: String, url: String, rootSHA256: String
  ) {
    self.name = name
    self.secret = secret
    self.profile = profile
    self.uses = uses
    self.expires = expires
    self.url = url
    self.rootSHA256 = rootSHA256
  }

  enum CodingKeys: String, CodingKey {
    case name, secret, profile, uses, expires, url
    case rootSHA256 = "root_sha256"
  }
}

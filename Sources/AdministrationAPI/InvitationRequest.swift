/// What `POST /devices/{serial}/invite` takes.
public struct InvitationRequest: Codable, Hashable, Sendable {
  /// For example `24h`.
  public var expiresIn: String?
  /// Whether the secret is also for doors that check a MAC with it.
  public var mac: Bool?

  public init(expiresIn: String? = nil, mac: Bool? = nil) {
    self.expiresIn = expiresIn
    self.mac = mac
  }

  enum CodingKeys: String, CodingKey {
    case expiresIn = "expires_in"
    case mac
  }
}

/// What `POST /devices/{serial}/invite` takes.
public struct InvitationRequest: Codable, Hashable, Sendable {
  /// For example `24h`.
  public var expiresIn: String?

  public init(expiresIn: String? = nil) {
    self.expiresIn = expiresIn
  }

  enum CodingKeys: String, CodingKey {
    case expiresIn = "expires_in"
  }
}

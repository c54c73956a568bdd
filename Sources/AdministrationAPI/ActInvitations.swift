/// Which members of an act that invites are asked for.
public struct ActInvitationsRequest: Codable, Hashable, Sendable {
  /// Those after this position; 0 begins.
  public var after: Int

  public init(after: Int) { self.after = after }
}

/// Secrets of some members, shown this once.
public struct ActInvitations: Codable, Hashable, Sendable {
  public var act: BulkActItem
  /// Where devices enroll.
  public var url: String
  /// SHA-256 of the root, hexadecimal.
  public var rootSHA256: String
  public var items: [MemberInvitation]

  public init(act: BulkActItem, url: String, rootSHA256: String, items: [MemberInvitation]) {
    (self.act, self.url, self.rootSHA256, self.items) = (act, url, rootSHA256, items)
  }

  enum CodingKeys: String, CodingKey {
    case act, url
    case rootSHA256 = "root_sha256"
    case items
  }
}

/// One device's secret, or why there is none.
public struct MemberInvitation: Codable, Hashable, Sendable {
  public var position: Int
  public var serial: String?
  public var manufacturer: String?
  public var profile: String?
  public var secret: String?
  public var expires: String?
  public var refusal: String?

  public init(
    position: Int, serial: String? = nil, manufacturer: String? = nil, profile: String? = nil, secret: String? = nil,
    expires: String? = nil, refusal: String? = nil
  ) {
    self.position = position
    (self.serial, self.manufacturer, self.profile) = (serial, manufacturer, profile)
    (self.secret, self.expires, self.refusal) = (secret, expires, refusal)
  }
}

/// For how long a device's expired certificate may renew.
public struct Readmission: Codable, Hashable, Sendable {
  /// A length of time: `48h`.
  public var until: String
  public var reason: String?

  public init(until: String, reason: String? = nil) {
    self.until = until
    self.reason = reason
  }

  enum CodingKeys: String, CodingKey {
    case until = "for"
    case reason
  }
}

/// How a grant that a restore closed is opened again.
public struct GrantReopening: Codable, Hashable, Sendable {
  /// Uses that the restored store does not know of; absent: as many as the log is known to have lost entries.
  public var lost: Int?
  public var reason: String?

  public init(lost: Int? = nil, reason: String? = nil) {
    self.lost = lost
    self.reason = reason
  }
}

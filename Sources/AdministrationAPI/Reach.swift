/// Which devices a compromise touches.
public struct Reach: Codable, Hashable, Sendable {
  /// What was asked about, in words.
  public var of: String
  /// The selection that names these devices: for `device list --where` and for acts.
  public var `where`: String
  public var devices: Int
  public var byState: [String: Int]
  /// The most frequent; an empty name is a device without one.
  public var byProduct: [String: Int]
  public var byProfile: [String: Int]
  /// What this report cannot know.
  public var limits: [String]

  public init(
    of subject: String, where selection: String, devices: Int, byState: [String: Int], byProduct: [String: Int],
    byProfile: [String: Int], limits: [String]
  ) {
    of = subject
    self.where = selection
    self.devices = devices
    self.byState = byState
    self.byProduct = byProduct
    self.byProfile = byProfile
    self.limits = limits
  }

  enum CodingKeys: String, CodingKey {
    case of, `where`, devices
    case byState = "by_state"
    case byProduct = "by_product"
    case byProfile = "by_profile"
    case limits
  }
}

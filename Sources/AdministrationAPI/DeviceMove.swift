/// The profile that a device is put under.
public struct DeviceMove: Codable, Hashable, Sendable {
  public var profile: String
  public var reason: String?

  public init(profile: String, reason: String? = nil) { (self.profile, self.reason) = (profile, reason) }
}

/// What changes of a device's labels.
public struct DeviceLabels: Codable, Hashable, Sendable {
  public var labels: [String: String]?
  /// Keys that it has no longer.
  public var removeLabels: [String]?

  public init(labels: [String: String]? = nil, removeLabels: [String]? = nil) {
    (self.labels, self.removeLabels) = (labels, removeLabels)
  }

  enum CodingKeys: String, CodingKey {
    case labels
    case removeLabels = "remove_labels"
  }
}

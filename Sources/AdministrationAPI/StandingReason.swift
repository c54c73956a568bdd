/// Why a device is suspended, resumed, retired or replaced.
public struct StandingReason: Codable, Hashable, Sendable {
  /// For the history; free text.
  public var reason: String?

  public init(reason: String? = nil) {
    self.reason = reason
  }
}

/// What `POST /devices/{serial}/replace` takes: the device that takes this one's place.
public struct Replacement: Codable, Hashable, Sendable {
  /// The new device's serial.
  public var serial: String
  public var reason: String?

  public init(serial: String, reason: String? = nil) {
    self.serial = serial
    self.reason = reason
  }
}

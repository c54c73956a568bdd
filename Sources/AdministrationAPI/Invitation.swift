/// A device's one-time secret, shown once: what `POST /devices`, `…/invite` and `…/replace` answer.
public struct Invitation: Codable, Hashable, Sendable {
  public var serial: String
  public var profile: String
  /// 32 random octets as base64url. The store keeps only its digest.
  /// Absent for a device whose key is known: then there is no secret.
  public var secret: String?
  /// RFC 3339; absent without a secret.
  public var expires: String?
  /// Where the device enrolls: the address of the HTTPS port.
  public var url: String
  /// SHA-256 of the root certificate, lower-case hexadecimal: what the device pins.
  public var rootSHA256: String
  public var device: DeviceItem

  public init(
    serial: String, profile: String, secret: String?, expires: String?, url: String, rootSHA256: String,
    device: DeviceItem
  ) {
    self.serial = serial
    self.profile = profile
    self.secret = secret
    self.expires = expires
    self.url = url
    self.rootSHA256 = rootSHA256
    self.device = device
  }

  enum CodingKeys: String, CodingKey {
    case serial, profile, secret, expires, url
    case rootSHA256 = "root_sha256"
    case device
  }
}

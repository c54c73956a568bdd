/// What `POST /devices` takes: a device to register.
public struct NewDevice: Codable, Hashable, Sendable {
  public var serial: String
  public var profile: String
  public var manufacturer: String?
  /// `device` when absent.
  public var kind: String?
  public var product: String?
  public var hardwareRevision: String?
  public var lot: String?
  public var labels: [String: String]?
  /// How long its secret lives, for example `24h` or `7d`.
  public var expiresIn: String?
  /// SHA-256 of the public key's SubjectPublicKeyInfo, in hexadecimal: then there is no secret, and the device shows
  /// that it holds the key.
  public var keySHA256: String?
  /// Whether the secret is also for doors that check a MAC with it.
  public var mac: Bool?

  public init(
    serial: String, profile: String, manufacturer: String? = nil, kind: String? = nil, product: String? = nil,
    hardwareRevision: String? = nil, lot: String? = nil, labels: [String: String]? = nil, expiresIn: String? = nil,
    keySHA256: String? = nil, mac: Bool? = nil
  ) {
    self.serial = serial
    self.profile = profile
    self.manufacturer = manufacturer
    self.kind = kind
    self.product = product
    self.hardwareRevision = hardwareRevision
    self.lot = lot
    self.labels = labels
    self.expiresIn = expiresIn
    self.keySHA256 = keySHA256
    self.mac = mac
  }

  enum CodingKeys: String, CodingKey {
    case serial, profile, manufacturer, kind, product
    case hardwareRevision = "hardware_revision"
    case lot, labels
    case expiresIn = "expires_in"
    case keySHA256 = "key_sha256"
    case mac
  }
}

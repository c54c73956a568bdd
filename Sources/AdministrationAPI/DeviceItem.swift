/// A device as the administration API shows it. Times are RFC 3339 text in UTC; what is not known is absent.
public struct DeviceItem: Codable, Hashable, Sendable {
  /// Opaque and never used again, unlike a serial.
  public var id: String
  /// Unique for its manufacturer.
  public var serial: String
  /// Empty for devices of this organization.
  public var manufacturer: String
  /// `device`, `gateway`, `application`, `person` or `station`.
  public var kind: String
  /// The profile that its enrollment uses when a request names none.
  public var profile: String
  public var product: String?
  public var hardwareRevision: String?
  public var lot: String?
  public var labels: [String: String]
  /// `registered`, `active`, `suspended` or `retired`.
  public var state: String
  public var stateReason: String?
  public var stateBy: String?
  public var stateAt: String?
  public var registeredAt: String
  public var registeredBy: String
  public var lastContactAt: String?
  /// The door of the last contact, for example `est`.
  public var lastContactDoor: String?
  public var renewalDueAt: String?
  /// When the certificate that it got last ends.
  public var expiresAt: String?
  /// In the answer to an act that held or revoked certificates of which verifiers never ask (RFC 9608): how long those
  /// are accepted nevertheless.
  public var verifiersAcceptUntil: String?

  public init(
    id: String, serial: String, manufacturer: String, kind: String, profile: String, product: String? = nil,
    hardwareRevision: String? = nil, lot: String? = nil, labels: [String: String], state: String,
    stateReason: String? = nil, stateBy: String? = nil, stateAt: String? = nil, registeredAt: String,
    registeredBy: String, lastContactAt: String? = nil, lastContactDoor: String? = nil, renewalDueAt: String? = nil,
    expiresAt: String? = nil, verifiersAcceptUntil: String? = nil
  ) {
    self.id = id
    self.serial = serial
    self.manufacturer = manufacturer
    self.kind = kind
    self.profile = profile
    self.product = product
    self.hardwareRevision = hardwareRevision
    self.lot = lot
    self.labels = labels
    self.state = state
    self.stateReason = stateReason
    self.stateBy = stateBy
    self.stateAt = stateAt
    self.registeredAt = registeredAt
    self.registeredBy = registeredBy
    self.lastContactAt = lastContactAt
    self.lastContactDoor = lastContactDoor
    self.renewalDueAt = renewalDueAt
    self.expiresAt = expiresAt
    self.verifiersAcceptUntil = verifiersAcceptUntil
  }

  enum CodingKeys: String, CodingKey {
    case id, serial, manufacturer, kind, profile, product
    case hardwareRevision = "hardware_revision"
    case lot, labels, state
    case stateReason = "state_reason"
    case stateBy = "state_by"
    case stateAt = "state_at"
    case registeredAt = "registered_at"
    case registeredBy = "registered_by"
    case lastContactAt = "last_contact_at"
    case lastContactDoor = "last_contact_door"
    case renewalDueAt = "renewal_due_at"
    case expiresAt = "expires_at"
    case verifiersAcceptUntil = "verifiers_accept_until"
  }
}

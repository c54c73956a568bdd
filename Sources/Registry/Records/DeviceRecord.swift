import WireFormats

/// A device, gateway, application, person or station: who it is and how it stands.
public struct DeviceRecord: Hashable, Sendable {
  /// What kind of subject it is.
  public enum Kind: String, Sendable, CaseIterable {
    case device, gateway, application, person, station
  }

  /// Registered until the first certificate, then active; suspended can be resumed, retired cannot.
  public enum State: String, Sendable, CaseIterable {
    case registered, active, suspended, retired
  }

  public var id: DeviceID
  public var organization: OrganizationID
  /// Empty for the organization's own devices; otherwise the namespace of the serial.
  public var manufacturer: String
  /// Unique per organization and manufacturer.
  public var serial: String
  public var kind: Kind
  /// The profile that applies when a door names none.
  public var profile: ProfileName
  public var product: String?
  public var hardwareRevision: String?
  public var lot: String?
  public var labels: [String: String]
  public var state: State
  public var stateReason: String?
  public var stateBy: String?
  public var stateAt: Instant?
  public var registeredAt: Instant
  public var registeredBy: String
  public var lastContactAt: Instant?
  public var lastContactDoor: String?
  public var renewalDueAt: Instant?
  /// Until then an operator lets a device with an expired certificate renew.
  public var readmittedUntil: Instant?
  public var replaces: DeviceID?
  /// When the certificate that it got last ends; nil before the first, and for one that never does.
  public var expiresAt: Instant?

  public init(
    id: DeviceID, organization: OrganizationID, manufacturer: String = "", serial: String, kind: Kind = .device,
    profile: ProfileName, product: String? = nil, hardwareRevision: String? = nil, lot: String? = nil,
    labels: [String: String] = [:], state: State = .registered, stateReason: String? = nil, stateBy: String? = nil,
    stateAt: Instant? = nil, registeredAt: Instant, registeredBy: String, lastContactAt: Instant? = nil,
    lastContactDoor: String? = nil, renewalDueAt: Instant? = nil, readmittedUntil: Instant? = nil,
    replaces: DeviceID? = nil, expiresAt: Instant? = nil
  ) {
    self.id = id
    self.organization = organization
    self.manufacturer = manufacturer
    self.serial = serial
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
    self.readmittedUntil = readmittedUntil
    self.replaces = replaces
    self.expiresAt = expiresAt
  }
}

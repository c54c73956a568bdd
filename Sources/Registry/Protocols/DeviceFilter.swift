import WireFormats

/// Which devices a list shows; all conditions that are set must hold.
public struct DeviceFilter: Hashable, Sendable {
  public var serial: String?
  public var manufacturer: String?
  public var serialPrefix: String?
  public var kind: DeviceRecord.Kind?
  public var state: DeviceRecord.State?
  public var profile: ProfileName?
  public var product: String?
  public var lot: String?
  /// Every label must be there with this value.
  public var labels: [String: String]
  /// The renewal is due before this moment.
  public var renewalDueBefore: Instant?
  /// Of devices.
  public var selection: Selection?

  public init(
    serial: String? = nil, manufacturer: String? = nil, serialPrefix: String? = nil, kind: DeviceRecord.Kind? = nil,
    state: DeviceRecord.State? = nil, profile: ProfileName? = nil, product: String? = nil, lot: String? = nil,
    labels: [String: String] = [:], renewalDueBefore: Instant? = nil, selection: Selection? = nil
  ) {
    self.serial = serial
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.kind = kind
    self.state = state
    self.profile = profile
    self.product = product
    self.lot = lot
    self.labels = labels
    self.renewalDueBefore = renewalDueBefore
    self.selection = selection
  }
}

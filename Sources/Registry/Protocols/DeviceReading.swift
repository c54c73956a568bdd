import WireFormats

/// Reads devices.
public protocol DeviceReading {
  func device(_ id: DeviceID, in organization: OrganizationID) throws -> DeviceRecord?
  /// `manufacturer` is empty for the organization's own devices.
  func device(
    serial: String, manufacturer: String, in organization: OrganizationID
  ) throws -> DeviceRecord?
  /// Every manufacturer's device with this serial.
  func devices(serial: String, in organization: OrganizationID) throws -> [DeviceRecord]
  /// In the order of serials, or of a moment when the filter bounds one (and nothing narrower): a device whose moment
  /// changes meanwhile can then come twice. `limit` is 1 or more.
  func devices(
    matching filter: DeviceFilter, after cursor: Cursor?, limit: Int, in organization: OrganizationID
  ) throws -> Page<DeviceRecord>
  func countDevices(matching filter: DeviceFilter, in organization: OrganizationID) throws -> Int
}

/// Writes devices. A changed state, profile or readmission records a standing change.
public protocol DeviceWriting {
  /// Throws `StoreError.duplicate` when the identifier, or the serial with its manufacturer, is taken.
  func insert(_ device: DeviceRecord) throws
  /// Replaces all fields of the device with this identifier. Throws `StoreError.missing` or `StoreError.duplicate`.
  func update(_ device: DeviceRecord) throws
  /// The few fields that each enrollment changes: last contact, next renewal and end (nil leaves them), and registered
  /// becomes active; no other state changes. Throws `StoreError.missing`.
  func recordContact(
    of device: DeviceID, at instant: Instant, door: String, renewalDueAt: Instant?, expiresAt: Instant?,
    in organization: OrganizationID
  ) throws
}

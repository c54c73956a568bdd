import Registry

/// Which device is meant: its serial, and the manufacturer where that is not clear.
public struct DeviceReference: Hashable, Sendable {
  public let serial: String
  /// Nil: the organization's own device, or else the only one with this serial.
  public let manufacturer: String?

  public init(serial: String, manufacturer: String? = nil) {
    self.serial = serial
    self.manufacturer = manufacturer
  }

  /// For the entry of a refusal, where no record may have been found.
  var subject: String { "serial:\(serial)" }

  /// Throws `Refusal` `notFound`, and `conflict` when several manufacturers have devices with this serial.
  public func find(in organization: OrganizationID, of reader: some DeviceReading) throws -> DeviceRecord {
    let found =
      if let manufacturer {
        try reader.device(serial: serial, manufacturer: manufacturer, in: organization)
      } else {
        try find(in: try reader.devices(serial: serial, in: organization))
      }
    guard let found else { throw Refusal(.notFound, "no device has this serial") }
    return found
  }

  private func find(in devices: [DeviceRecord]) throws(Refusal) -> DeviceRecord? {
    if let own = devices.first(where: { $0.manufacturer.isEmpty }) { return own }
    guard devices.count < 2 else {
      throw Refusal(.conflict, "devices of several manufacturers have this serial", hint: "name the manufacturer too")
    }
    return devices.first
  }
}

extension DeviceRecord {
  /// The subject of its audit entries: the identifier, since a serial can be corrected.
  public var auditSubject: String { "device:\(id.rawValue)" }
}

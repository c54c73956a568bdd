import Registry
import WireFormats

/// What an operator states about a device that is to be known here.
public struct DeviceRegistration: Hashable, Sendable {
  public var serial: String
  public var profile: String
  /// Empty for the organization's own devices.
  public var manufacturer: String
  public var kind: DeviceRecord.Kind
  public var product: String?
  public var hardwareRevision: String?
  public var lot: String?
  public var labels: [String: String]

  public init(
    serial: String, profile: String, manufacturer: String = "", kind: DeviceRecord.Kind = .device,
    product: String? = nil, hardwareRevision: String? = nil, lot: String? = nil, labels: [String: String] = [:]
  ) {
    self.serial = serial
    self.profile = profile
    self.manufacturer = manufacturer
    self.kind = kind
    self.product = product
    self.hardwareRevision = hardwareRevision
    self.lot = lot
    self.labels = labels
  }

  /// Labels of one device.
  static let mostLabels = 32

  /// Checks every field but the profile's existence.
  func validate() throws(Refusal) {
    guard DeviceRecord.isValidSerial(serial) else {
      throw Refusal(
        .badRequest,
        "a serial is 1 to 64 letters, digits, spaces and any of '()+,-./:=? and begins with a letter or digit")
    }
    try RecordText.check(manufacturer, named: "manufacturer", upTo: 64)
    try RecordText.check(product, named: "product", upTo: 128)
    try RecordText.check(hardwareRevision, named: "hardware_revision", upTo: 64)
    try RecordText.check(lot, named: "lot", upTo: 64)
    try Self.check(labels: labels)
  }

  static func check(labels: [String: String]) throws(Refusal) {
    guard labels.count <= mostLabels else { throw Refusal(.badRequest, "a device has at most \(mostLabels) labels") }
    for (key, value) in labels {
      guard ProfileName(rawValue: key) != nil else {
        throw Refusal(.badRequest, "a label's key is 1 to 64 letters, digits, hyphens, dots and underscores")
      }
      try RecordText.check(value, named: "label \(key)", upTo: 256)
    }
  }

  /// Whether the record says the same of the device.
  func isSame(as record: DeviceRecord) -> Bool {
    profile == record.profile.rawValue && kind == record.kind && product == record.product
      && hardwareRevision == record.hardwareRevision && lot == record.lot && labels == record.labels
  }
}

/// Bounds of free text in records: it is shown on terminals and in logs.
package enum RecordText {
  /// `limit` in octets of UTF-8. No control characters, so that no text moves a terminal's cursor.
  package static func check(_ text: String?, named name: String, upTo limit: Int) throws(Refusal) {
    guard let text else { return }
    guard text.utf8.count <= limit else { throw Refusal(.badRequest, "\(name) is longer than \(limit) octets") }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw Refusal(.badRequest, "\(name) contains a control character")
    }
  }

  /// Why something was done: for the history.
  package static func checkReason(_ reason: String?) throws(Refusal) {
    try check(reason, named: "reason", upTo: longestReason)
  }

  private static let longestReason = 500

  /// What the program itself has to say, within what a reason may be.
  package static func shortened(_ reason: String) -> String {
    guard reason.utf8.count > longestReason else { return reason }
    return String(decoding: reason.utf8.prefix(longestReason - 3), as: UTF8.self) + "…"
  }
}

import Foundation

extension DeviceRecord: SQLiteRecord {
  static let table = "devices"
  static let columns = """
    id, organization, manufacturer, serial, kind, profile, product, hardware_revision, lot, labels, state, \
    state_reason, state_by, state_at, registered_at, registered_by, last_contact_at, last_contact_door, \
    renewal_due_at, readmitted_until, replaces, expires_at
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), manufacturer: try columns.text(),
      serial: try columns.text(), kind: try columns.choice(), profile: try columns.identifier(),
      product: try columns.textIfAny(), hardwareRevision: try columns.textIfAny(), lot: try columns.textIfAny(),
      labels: try Self.labels(from: try columns.text()), state: try columns.choice(),
      stateReason: try columns.textIfAny(), stateBy: try columns.textIfAny(), stateAt: try columns.instantIfAny(),
      registeredAt: try columns.instant(), registeredBy: try columns.text(),
      lastContactAt: try columns.instantIfAny(), lastContactDoor: try columns.textIfAny(),
      renewalDueAt: try columns.instantIfAny(), readmittedUntil: try columns.instantIfAny(),
      replaces: try columns.identifierIfAny(), expiresAt: try columns.instantIfAny())
  }

  /// All values in the order of `columns`.
  var values: [any SQLiteBindable] {
    get throws(StoreError) {
      [
        id, organization, manufacturer, serial, kind, profile, product, hardwareRevision, lot, try labelsText, state,
        stateReason, stateBy, stateAt, registeredAt, registeredBy, lastContactAt, lastContactDoor, renewalDueAt,
        readmittedUntil, replaces, expiresAt,
      ]
    }
  }

  /// The labels as one JSON object with sorted keys; most devices have none.
  var labelsText: String {
    get throws(StoreError) {
      if labels.isEmpty { return "{}" }
      if let plain = PlainLabels.text(labels) { return plain }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      guard let data = try? encoder.encode(labels) else { throw .malformed("devices, labels") }
      return String(decoding: data, as: UTF8.self)
    }
  }

  private static func labels(from text: String) throws(StoreError) -> [String: String] {
    if text == "{}" { return [:] }
    if let plain = PlainLabels.read(text) { return plain }
    guard let labels = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      throw .malformed("devices, labels")
    }
    return labels
  }
}

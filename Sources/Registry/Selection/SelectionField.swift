/// A field that a selection can name.
struct SelectionField: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case text
    /// A text that is compared as a whole.
    case name
    case choice([String])
    /// A moment that has been: a length of time is its age.
    case past
    /// A moment that is to come: a length of time is how long until then.
    case future
    /// How long a renewal has been due.
    case overdue
    /// Hexadecimal.
    case octets
  }

  let name: String
  let kind: Kind
  /// The label's key, for `label.KEY`; for `detail.KEY` that of an entry's detail.
  var labelKey: String?
  /// Whether a certificate has it through its device.
  var isOfDevice = false

  static let serial = SelectionField(name: "serial", kind: .text, isOfDevice: true)
  static let manufacturer = SelectionField(name: "manufacturer", kind: .text, isOfDevice: true)
  static let kind = SelectionField(
    name: "kind", kind: .choice(DeviceRecord.Kind.allCases.map(\.rawValue)), isOfDevice: true)
  static let profile = SelectionField(name: "profile", kind: .text)
  static let product = SelectionField(name: "product", kind: .text, isOfDevice: true)
  static let hardwareRevision = SelectionField(name: "hardware_revision", kind: .text, isOfDevice: true)
  static let lot = SelectionField(name: "lot", kind: .text, isOfDevice: true)
  static let state = SelectionField(
    name: "state", kind: .choice(DeviceRecord.State.allCases.map(\.rawValue)), isOfDevice: true)
  static let registered = SelectionField(name: "registered", kind: .past, isOfDevice: true)
  static let lastContact = SelectionField(name: "last_contact", kind: .past, isOfDevice: true)
  static let renewalDue = SelectionField(name: "renewal_due", kind: .future, isOfDevice: true)
  static let overdue = SelectionField(name: "overdue", kind: .overdue, isOfDevice: true)
  static let expires = SelectionField(name: "expires", kind: .future)
  static let authority = SelectionField(name: "authority", kind: .text)
  static let key = SelectionField(name: "key", kind: .octets)

  static func label(_ key: String) -> SelectionField {
    SelectionField(name: "label." + key, kind: .text, labelKey: key, isOfDevice: true)
  }

  static func detail(_ key: String) -> SelectionField {
    SelectionField(name: "detail." + key, kind: .text, labelKey: key)
  }
}

extension Selection.Subject {
  private static let ofDevices: [SelectionField] = [
    .serial, .manufacturer, .kind, .product, .hardwareRevision, .lot, .state, .registered, .lastContact, .renewalDue,
    .overdue,
  ]

  /// Without labels, whose keys are anyone's.
  var fields: [SelectionField] {
    switch self {
    case .devices: Self.ofDevices + [.profile, .expires, .authority, .key]
    case .certificates:
      Self.ofDevices + [
        .profile, .expires, .authority, .key, SelectionField(name: "serial_number", kind: .octets),
        SelectionField(name: "status", kind: .choice(["good", "held", "revoked", "expired"])),
        SelectionField(name: "issued", kind: .past), SelectionField(name: "revoked", kind: .past),
        SelectionField(name: "door", kind: .text), SelectionField(name: "principal", kind: .text),
        SelectionField(name: "grant", kind: .text), SelectionField(name: "subject", kind: .text),
        SelectionField(name: "purpose", kind: .text),
        SelectionField(name: "key_origin", kind: .choice(CertificateRecord.KeyOrigin.allCases.map(\.rawValue))),
      ]
    case .grants:
      [
        SelectionField(name: "name", kind: .text), .profile, SelectionField(name: "lot", kind: .text), .expires,
        SelectionField(name: "created", kind: .past), SelectionField(name: "created_by", kind: .text),
        SelectionField(name: "revoked", kind: .past),
      ]
    case .requests:
      [
        SelectionField(name: "state", kind: .choice(PendingRequestRecord.State.allCases.map(\.rawValue))), .profile,
        SelectionField(name: "serial", kind: .text), SelectionField(name: "subject", kind: .text),
        SelectionField(name: "door", kind: .text), SelectionField(name: "principal", kind: .text),
        SelectionField(name: "created", kind: .past), .expires,
      ]
    case .entries:
      [
        SelectionField(name: "at", kind: .past), SelectionField(name: "actor", kind: .text),
        SelectionField(name: "door", kind: .text), SelectionField(name: "act", kind: .text),
        SelectionField(name: "subject", kind: .text), SelectionField(name: "device", kind: .name),
        SelectionField(name: "outcome", kind: .choice(["ok", "refused", "alarm"])),
        SelectionField(name: "reason", kind: .text),
      ]
    }
  }

  /// What may stand before a key of anyone's choice.
  private var keyed: String? {
    switch self {
    case .devices, .certificates: "label."
    case .entries: "detail."
    case .grants, .requests: nil
    }
  }

  /// All that may be named, for people.
  var names: String { (fields.map(\.name) + (keyed.map { [$0 + "KEY"] } ?? [])).joined(separator: ", ") }

  func field(_ name: String) -> SelectionField? {
    if let keyed, name.hasPrefix(keyed) {
      let key = String(name.dropFirst(keyed.utf8.count))
      // What stands in a path of SQL is bounded by the rule of names.
      guard ProfileName(rawValue: key) != nil else { return nil }
      return self == .entries ? .detail(key) : .label(key)
    }
    return fields.first { $0.name == name }
  }
}

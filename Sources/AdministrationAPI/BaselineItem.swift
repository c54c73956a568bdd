/// What devices of one product have in their registers when they run one firmware version.
public struct BaselineItem: Codable, Hashable, Sendable {
  /// Empty for devices that belong to no product.
  public var product: String
  public var firmwareVersion: String
  /// By bank and register: values in hexadecimal, separated by spaces where there are several.
  public var pcrs: [String: [String: String]]
  /// Digests of events that are known to lead there, in the same form.
  public var events: [String: [String: String]]
  /// The device's identifier; nil where they came from a file.
  public var learnedFrom: String?
  public var changedAt: String
  public var changedBy: String

  public init(
    product: String, firmwareVersion: String, pcrs: [String: [String: String]], events: [String: [String: String]],
    learnedFrom: String? = nil, changedAt: String, changedBy: String
  ) {
    self.product = product
    self.firmwareVersion = firmwareVersion
    self.pcrs = pcrs
    self.events = events
    self.learnedFrom = learnedFrom
    self.changedAt = changedAt
    self.changedBy = changedBy
  }

  enum CodingKeys: String, CodingKey {
    case product
    case firmwareVersion = "firmware_version"
    case pcrs, events
    case learnedFrom = "learned_from"
    case changedAt = "changed_at"
    case changedBy = "changed_by"
  }
}

/// What `POST /baselines` takes.
public struct NewBaseline: Codable, Hashable, Sendable {
  /// Absent for devices that belong to no product.
  public var product: String?
  public var firmwareVersion: String
  public var pcrs: [String: [String: String]]
  public var events: [String: [String: String]]?
  /// Adds to what is there.
  public var merge: Bool?

  public init(
    product: String? = nil, firmwareVersion: String, pcrs: [String: [String: String]],
    events: [String: [String: String]]? = nil, merge: Bool? = nil
  ) {
    self.product = product
    self.firmwareVersion = firmwareVersion
    self.pcrs = pcrs
    self.events = events
    self.merge = merge
  }

  enum CodingKeys: String, CodingKey {
    case product
    case firmwareVersion = "firmware_version"
    case pcrs, events, merge
  }
}

/// What `POST /baselines/learn` takes.
public struct BaselineLearning: Codable, Hashable, Sendable {
  /// Of the device whose last evidence is taken.
  public var serial: String
  public var manufacturer: String?
  /// Absent for the one that the device claims.
  public var firmwareVersion: String?
  /// Adds to what is there.
  public var merge: Bool?

  public init(serial: String, manufacturer: String? = nil, firmwareVersion: String? = nil, merge: Bool? = nil) {
    self.serial = serial
    self.manufacturer = manufacturer
    self.firmwareVersion = firmwareVersion
    self.merge = merge
  }

  enum CodingKeys: String, CodingKey {
    case serial, manufacturer
    case firmwareVersion = "firmware_version"
    case merge
  }
}

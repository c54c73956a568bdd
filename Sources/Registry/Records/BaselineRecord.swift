import WireFormats

/// What devices of one product have in their registers when they run one firmware version (RFC 9334 §8.3, reference
/// values).
public struct BaselineRecord: Hashable, Sendable {
  /// Empty for devices that belong to no product.
  public var product: String
  public var firmwareVersion: String
  /// The reference values, as JSON.
  public var document: String
  /// Nil where they came from a file.
  public var learnedFrom: DeviceID?
  public var changedAt: Instant
  public var changedBy: String

  public init(
    product: String, firmwareVersion: String, document: String, learnedFrom: DeviceID? = nil, changedAt: Instant,
    changedBy: String
  ) {
    self.product = product
    self.firmwareVersion = firmwareVersion
    self.document = document
    self.learnedFrom = learnedFrom
    self.changedAt = changedAt
    self.changedBy = changedBy
  }
}

import WireFormats

/// A manufacturer's authority whose certificates may enroll, bound to profiles and to its own serials.
public struct TrustAnchorRecord: Hashable, Sendable {
  public var name: String
  /// DER.
  public var certificate: [UInt8]
  /// The profiles that its devices may ask for.
  public var profiles: [ProfileName]
  /// The namespace of its devices' serials.
  public var manufacturer: String
  /// Only serials that begin so.
  public var serialPrefix: String?
  public var addedAt: Instant
  public var addedBy: String
  public var removedAt: Instant?

  public init(
    name: String, certificate: [UInt8], profiles: [ProfileName], manufacturer: String, serialPrefix: String? = nil,
    addedAt: Instant, addedBy: String, removedAt: Instant? = nil
  ) {
    self.name = name
    self.certificate = certificate
    self.profiles = profiles
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.addedAt = addedAt
    self.addedBy = addedBy
    self.removedAt = removedAt
  }
}

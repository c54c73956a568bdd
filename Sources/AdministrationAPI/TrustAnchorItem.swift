/// An authority of another manufacturer whose device certificates may enroll here.
public struct TrustAnchorItem: Codable, Hashable, Sendable {
  public var name: String
  /// PEM.
  public var certificate: String
  /// The profiles that its devices may enroll for.
  public var profiles: [String]
  /// The namespace of its serials.
  public var manufacturer: String
  public var serialPrefix: String?
  /// `devices` or `tpm`.
  public var purpose: String
  public var addedAt: String
  public var addedBy: String

  public init(
    name: String, certificate: String, profiles: [String], manufacturer: String, serialPrefix: String? = nil,
    purpose: String, addedAt: String, addedBy: String
  ) {
    self.name = name
    self.certificate = certificate
    self.profiles = profiles
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.purpose = purpose
    self.addedAt = addedAt
    self.addedBy = addedBy
  }

  enum CodingKeys: String, CodingKey {
    case name, certificate, profiles, manufacturer, purpose
    case serialPrefix = "serial_prefix"
    case addedAt = "added_at"
    case addedBy = "added_by"
  }
}

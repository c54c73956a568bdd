/// What `POST /trust` takes.
public struct NewTrustAnchor: Codable, Hashable, Sendable {
  public var name: String
  /// PEM.
  public var certificate: String
  public var profiles: [String]
  public var manufacturer: String
  public var serialPrefix: String?
  /// `devices`, which is what none says, or `tpm`.
  public var purpose: String?

  public init(
    name: String, certificate: String, profiles: [String], manufacturer: String, serialPrefix: String? = nil,
    purpose: String? = nil
  ) {
    self.name = name
    self.certificate = certificate
    self.profiles = profiles
    self.manufacturer = manufacturer
    self.serialPrefix = serialPrefix
    self.purpose = purpose
  }

  enum CodingKeys: String, CodingKey {
    case name, certificate, profiles, manufacturer, purpose
    case serialPrefix = "serial_prefix"
  }
}

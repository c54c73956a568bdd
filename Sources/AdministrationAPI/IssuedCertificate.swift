/// A certificate just issued.
public struct IssuedCertificate: Codable, Hashable, Sendable {
  /// PEM.
  public var certificate: String
  /// PEM, the issuer first, without the root.
  public var chain: [String]
  public var serialNumber: String
  /// The same key had it already.
  public var repeated: Bool

  public init(certificate: String, chain: [String], serialNumber: String, repeated: Bool) {
    self.certificate = certificate
    self.chain = chain
    self.serialNumber = serialNumber
    self.repeated = repeated
  }

  enum CodingKeys: String, CodingKey {
    case certificate, chain
    case serialNumber = "serial_number"
    case repeated
  }
}

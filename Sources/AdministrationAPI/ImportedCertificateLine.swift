/// A line of `POST /certificates/import`: what another authority's books say of one certificate.
public struct ImportedCertificateLine: Codable, Hashable, Sendable {
  /// Its place in the books, from 1.
  public var line: Int
  /// PEM; absent where nobody has it.
  public var certificate: String?
  /// Hexadecimal; needed without the certificate.
  public var serialNumber: String?
  /// RFC 3339; absent while it is good.
  public var revokedAt: String?
  /// CRLReason (RFC 5280 §5.3.1).
  public var reason: String?

  public init(
    line: Int, certificate: String? = nil, serialNumber: String? = nil, revokedAt: String? = nil, reason: String? = nil
  ) {
    self.line = line
    self.certificate = certificate
    self.serialNumber = serialNumber
    self.revokedAt = revokedAt
    self.reason = reason
  }

  enum CodingKeys: String, CodingKey {
    case line, certificate
    case serialNumber = "serial_number"
    case revokedAt = "revoked_at"
    case reason
  }
}

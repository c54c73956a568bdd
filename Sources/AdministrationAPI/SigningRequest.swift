/// What `POST /certificates` takes: an administrator asks for a certificate.
public struct SigningRequest: Codable, Hashable, Sendable {
  public var profile: String
  /// PKCS#10 as PEM.
  public var csr: String

  public init(profile: String, csr: String) {
    self.profile = profile
    self.csr = csr
  }
}

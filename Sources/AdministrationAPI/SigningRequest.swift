/// What `POST /certificates` takes: an operator asks for a certificate, or a station with a grant.
public struct SigningRequest: Codable, Hashable, Sendable {
  /// The grant's own when absent; needed without a grant.
  public var profile: String?
  /// PKCS#10 as PEM.
  public var csr: String
  /// The device's serial, where its request does not say it.
  public var serial: String?
  /// A grant's name and its secret: what a station enrolls under.
  public var grant: String?
  public var secret: String?

  public init(
    profile: String? = nil, csr: String, serial: String? = nil, grant: String? = nil, secret: String? = nil
  ) {
    self.profile = profile
    self.csr = csr
    self.serial = serial
    self.grant = grant
    self.secret = secret
  }
}

/// A certificate that was issued here.
public struct CertificateItem: Codable, Hashable, Sendable {
  /// Lower-case hexadecimal.
  public var serialNumber: String
  public var authority: String
  /// RFC 4514.
  public var subject: String
  /// The device's serial.
  public var device: String?
  public var profile: String
  public var profileVersion: Int
  public var notBefore: String
  public var notAfter: String
  public var issuedAt: String
  /// `good`, `held`, `revoked` or `expired`.
  public var status: String
  public var revokedAt: String?
  /// A CRLReason by its name in RFC 5280 §5.3.1.
  public var reason: String?
  public var door: String
  /// Who asked.
  public var principal: String
  public var grant: String?
  /// SHA-256 of the certificate, hexadecimal.
  public var fingerprint: String
  /// `software`, `claimed` or `attested`.
  public var keyOrigin: String
  public var pem: String
  /// In the answer to a revocation alone: what else of the same device is good, or may renew although it has ended.
  public var remaining: [RemainingCertificate]?

  public init(
    serialNumber: String, authority: String, subject: String, device: String? = nil, profile: String,
    profileVersion: Int, notBefore: String, notAfter: String, issuedAt: String, status: String,
    revokedAt: String? = nil, reason: String? = nil, door: String, principal: String, grant: String? = nil,
    fingerprint: String, keyOrigin: String, pem: String
  ) {
    self.serialNumber = serialNumber
    self.authority = authority
    self.subject = subject
    self.device = device
    self.profile = profile
    self.profileVersion = profileVersion
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.issuedAt = issuedAt
    self.status = status
    self.revokedAt = revokedAt
    self.reason = reason
    self.door = door
    self.principal = principal
    self.grant = grant
    self.fingerprint = fingerprint
    self.keyOrigin = keyOrigin
    self.pem = pem
  }

  enum CodingKeys: String, CodingKey {
    case serialNumber = "serial_number"
    case authority, subject, device, profile
    case profileVersion = "profile_version"
    case notBefore = "not_before"
    case notAfter = "not_after"
    case issuedAt = "issued_at"
    case status
    case revokedAt = "revoked_at"
    case reason, door, principal, grant, fingerprint
    case keyOrigin = "key_origin"
    case pem, remaining
  }
}

/// What a revocation left of a device.
public struct RemainingCertificate: Codable, Hashable, Sendable {
  public var serialNumber: String
  public var profile: String
  public var notAfter: String
  /// `good` or `expired`.
  public var status: String
  /// Whether it can renew here, or enroll for another profile; others believe it until it ends all the same.
  public var enrolls: Bool

  public init(serialNumber: String, profile: String, notAfter: String, status: String, enrolls: Bool) {
    self.serialNumber = serialNumber
    self.profile = profile
    self.notAfter = notAfter
    self.status = status
    self.enrolls = enrolls
  }

  enum CodingKeys: String, CodingKey {
    case serialNumber = "serial_number"
    case profile
    case notAfter = "not_after"
    case status, enrolls
  }
}

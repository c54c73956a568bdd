/// A request for a certificate on which an operator decides.
public struct PendingRequestItem: Codable, Hashable, Sendable {
  public var id: String
  /// `pending`, `approved`, `denied` or `issued`.
  public var state: String
  public var profile: String
  /// The protocol through which it came, for example `est`.
  public var door: String
  /// Who asks, as the log names them.
  public var principal: String
  /// The device's serial; empty where the profile keeps no device.
  public var serial: String
  /// As it would stand in the certificate.
  public var subject: String
  /// SHA-256 of the public key's SubjectPublicKeyInfo, hexadecimal.
  public var keySHA256: String
  /// What an approval is bound to, hexadecimal.
  public var digest: String
  /// SHA-256 of the request as it arrived, hexadecimal: what the device's owner can compare.
  public var requestSHA256: String
  /// Where it came from.
  public var address: String
  public var createdAt: String
  /// Until when it waits, or its decision stands.
  public var expires: String
  public var decidedAt: String?
  public var decidedBy: String?
  public var reason: String?
  /// Of the certificate that was made, hexadecimal.
  public var serialNumber: String?
  /// PEM of the request as it arrived; only where one is shown.
  public var request: String?

  public init(
    id: String, state: String, profile: String, door: String, principal: String, serial: String, subject: String,
    keySHA256: String, digest: String, requestSHA256: String, address: String, createdAt: String, expires: String,
    decidedAt: String? = nil, decidedBy: String? = nil, reason: String? = nil, serialNumber: String? = nil,
    request: String? = nil
  ) {
    (self.id, self.state, self.profile, self.door) = (id, state, profile, door)
    (self.principal, self.serial, self.subject) = (principal, serial, subject)
    (self.keySHA256, self.digest, self.requestSHA256) = (keySHA256, digest, requestSHA256)
    (self.address, self.createdAt, self.expires) = (address, createdAt, expires)
    (self.decidedAt, self.decidedBy, self.reason) = (decidedAt, decidedBy, reason)
    (self.serialNumber, self.request) = (serialNumber, request)
  }

  enum CodingKeys: String, CodingKey {
    case id, state, profile, door, principal, serial, subject
    case keySHA256 = "key_sha256"
    case digest
    case requestSHA256 = "request_sha256"
    case address
    case createdAt = "created_at"
    case expires
    case decidedAt = "decided_at"
    case decidedBy = "decided_by"
    case reason
    case serialNumber = "serial_number"
    case request
  }
}

import Registry

/// Who acts, as the audit log names them: from a record, never from a name in a certificate.
public struct Actor: Hashable, Sendable {
  public typealias Role = AdministratorRecord.Role

  /// The person or station, as recorded when its certificate was made.
  public let name: String
  public let role: Role
  /// SHA-256 of the certificate; empty for the installation itself.
  public let fingerprint: [UInt8]

  public init(name: String, role: Role, fingerprint: [UInt8]) {
    self.name = name
    self.role = role
    self.fingerprint = fingerprint
  }

  /// As the audit log names it.
  public var principal: String { self == .attestationPolicy ? "policy:\(name)" : "\(role.rawValue):\(name)" }

  /// What a profile says is to follow when a device fails its attestation.
  public static let attestationPolicy = Actor(name: "attestation", role: .operator, fingerprint: [])

  /// The program acting by itself: founding, renewing its own certificates.
  public static let installation = Actor(name: "touchmark", role: .administrator, fingerprint: [])
}

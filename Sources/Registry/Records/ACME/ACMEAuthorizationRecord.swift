import WireFormats

/// An authorization (RFC 8555 §7.1.4): one identifier of one order, with its challenges, which share a token.
public struct ACMEAuthorizationRecord: Hashable, Sendable {
  public enum Status: String, Sendable, CaseIterable {
    case pending, valid, invalid, deactivated, revoked
  }

  /// RFC 8555 §8, RFC 8737, draft-ietf-acme-device-attest-07 §5.
  public enum Challenge: String, Sendable, CaseIterable {
    case http = "http-01"
    case dns = "dns-01"
    case tlsALPN = "tls-alpn-01"
    case deviceAttest = "device-attest-01"
  }

  public var id: ACMEObjectID
  public var order: ACMEObjectID
  public var account: ACMEObjectID
  /// Without the `*.` of a wildcard.
  public var identifier: ACMEIdentifier
  public var isWildcard: Bool
  public var status: Status
  public var token: String
  /// The challenge that was answered.
  public var challenge: Challenge?
  /// Why that failed: a problem document.
  public var problem: String?
  public var validatedAt: Instant?
  /// SHA-256 of the key that a device's attestation is about; the certificate must be for it.
  public var attestedKeyHash: [UInt8]?
  /// SHA-256 of the TPM's attestation key that certified it, where one did.
  public var attestingKeyHash: [UInt8]?
  public var expiresAt: Instant

  public init(
    id: ACMEObjectID, order: ACMEObjectID, account: ACMEObjectID, identifier: ACMEIdentifier, isWildcard: Bool = false,
    status: Status = .pending, token: String, challenge: Challenge? = nil, problem: String? = nil,
    validatedAt: Instant? = nil, attestedKeyHash: [UInt8]? = nil, attestingKeyHash: [UInt8]? = nil,
    expiresAt: Instant
  ) {
    self.id = id
    self.order = order
    self.account = account
    self.identifier = identifier
    self.isWildcard = isWildcard
    self.status = status
    self.token = token
    self.challenge = challenge
    self.problem = problem
    self.validatedAt = validatedAt
    self.attestedKeyHash = attestedKeyHash
    self.attestingKeyHash = attestingKeyHash
    self.expiresAt = expiresAt
  }
}

/// A validation that waits or is under way: the queue survives a crash in this.
public struct ACMEValidationRecord: Hashable, Sendable {
  public var authorization: ACMEObjectID
  /// Those that failed for want of an answer.
  public var attempts: Int
  public var dueAt: Instant

  public init(authorization: ACMEObjectID, attempts: Int = 0, dueAt: Instant) {
    self.authorization = authorization
    self.attempts = attempts
    self.dueAt = dueAt
  }
}

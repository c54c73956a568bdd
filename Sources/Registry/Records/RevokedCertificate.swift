import Credentials
import WireFormats

/// What a CRL says about one certificate.
public struct RevokedCertificate: Hashable, Sendable {
  public var serial: SerialNumber
  public var revokedAt: Instant
  public var reason: RevocationReason?

  public init(
    serial: SerialNumber, revokedAt: Instant, reason: RevocationReason?
  ) {
    self.serial = serial
    self.revokedAt = revokedAt
    self.reason = reason
  }
}

import Registry
import WireFormats

/// What a device is told of its attestation.
public struct Appraised: Sendable {
  public let record: AttestationRecord
  /// Of the token.
  public let expiresAt: Instant
  /// Nil where its profile sets no interval.
  public let nextDue: Instant?
}

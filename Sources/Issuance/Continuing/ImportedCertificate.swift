import Credentials
import WireFormats

/// What another authority's books say of one certificate.
public struct ImportedCertificate: Hashable, Sendable {
  /// The line in the file that it was read from, from 1.
  public let line: Int
  /// DER; nil where the books name it and nobody has it.
  public let certificate: [UInt8]?
  /// As the books say; needed without the certificate.
  public let serial: SerialNumber?
  public let revokedAt: Instant?
  public let reason: RevocationReason?

  public init(
    line: Int, certificate: [UInt8]?, serial: SerialNumber?, revokedAt: Instant?, reason: RevocationReason?
  ) {
    self.line = line
    self.certificate = certificate
    self.serial = serial
    self.revokedAt = revokedAt
    self.reason = reason
  }
}

/// What became of an import.
public struct CertificateImportOutcome: Hashable, Sendable {
  public var added = 0
  public var unchanged = 0
  /// Devices that were registered.
  public var devices = 0
  /// Revocations that stand since then.
  public var revoked = 0
  public var refused: [DeviceImportOutcome.Line] = []

  public init() {}
}

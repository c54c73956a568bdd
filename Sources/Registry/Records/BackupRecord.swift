import WireFormats

/// A backup that was written to its end.
public struct BackupRecord: Hashable, Sendable {
  /// What it holds was true at this moment.
  public var at: Instant
  /// Of the file, in octets.
  public var size: Int64
  /// SHA-256 of the file, 32 octets.
  public var digest: [UInt8]
  /// How many entries of the audit log it holds.
  public var logSize: UInt64

  public init(at: Instant, size: Int64, digest: [UInt8], logSize: UInt64) {
    self.at = at
    self.size = size
    self.digest = digest
    self.logSize = logSize
  }
}

/// One leaf of the audit log, with the entry beside it unless that was erased.
public struct AuditLogRecord: Hashable, Sendable {
  /// 0, 1, ... without gaps, in the order of commits.
  public var index: UInt64
  /// The leaf: SHA-256 over salt and entry, 32 octets.
  public var digest: [UInt8]
  /// Nil once erased.
  public var salt: [UInt8]?
  /// The encoded entry; nil once erased.
  public var entry: [UInt8]?

  public init(
    index: UInt64, digest: [UInt8], salt: [UInt8]?, entry: [UInt8]?
  ) {
    self.index = index
    self.digest = digest
    self.salt = salt
    self.entry = entry
  }
}

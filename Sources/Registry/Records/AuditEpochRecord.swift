import WireFormats

/// An epoch of the audit log that a restore opened, under a statement that the root signed. The first epoch has none.
public struct AuditEpochRecord: Hashable, Sendable {
  public var epoch: Int
  /// How many leaves the restored log had: the first entry of this epoch has this index.
  public var beginsAt: UInt64
  /// The signed text (docs/audit.md, Epochs).
  public var statement: String
  public var signature: [UInt8]
  /// The root that signed.
  public var authority: AuthorityID
  public var openedAt: Instant
  /// When the backup was made. What happened after it, until `openedAt`, is not in the store.
  public var restoredFrom: Instant
  /// Until then certificates that were issued between the two are taken back.
  public var recoveryUntil: Instant
  /// How many entries of the log before are lost, where a checkpoint told.
  public var entriesLost: UInt64?

  public init(
    epoch: Int, beginsAt: UInt64, statement: String, signature: [UInt8], authority: AuthorityID, openedAt: Instant,
    restoredFrom: Instant, recoveryUntil: Instant, entriesLost: UInt64?
  ) {
    self.epoch = epoch
    self.beginsAt = beginsAt
    self.statement = statement
    self.signature = signature
    self.authority = authority
    self.openedAt = openedAt
    self.restoredFrom = restoredFrom
    self.recoveryUntil = recoveryUntil
    self.entriesLost = entriesLost
  }
}

import AuditLog
import WireFormats

/// Reads the audit log.
public protocol AuditReading {
  /// How many leaves are durable.
  func auditSize(in organization: OrganizationID) throws -> UInt64
  /// The right edge of the Merkle tree over all durable leaves.
  func auditFrontier(in organization: OrganizationID) throws -> MerkleFrontier
  /// Oldest first, from the one after `index` (nil: from the first), only of `subject` when given. `limit` ≥ 1.
  func auditEntries(
    after index: UInt64?, limit: Int, subject: String?, in organization: OrganizationID
  ) throws -> [AuditLogRecord]
  /// As above, those that the selection names. Without a condition that an index serves, no more than `within` entries
  /// are looked at: the list may then be shorter than the limit although more follow.
  ///
  /// Returns them with the index of the last that was looked at; nil when the log was read to its end.
  func auditEntries(
    matching selection: Selection, after index: UInt64?, limit: Int, within most: Int, in organization: OrganizationID
  ) throws -> (entries: [AuditLogRecord], reached: UInt64?)
  /// The leaves in `range`, cut to what exists, 32 octets each: for proofs.
  func auditLeafDigests(_ range: Range<UInt64>, in organization: OrganizationID) throws -> [[UInt8]]
  /// The root of the subtree over `range`, which a proof asks for: it begins at 0 or at a multiple of a power of two that
  /// is not smaller than its length. Reads a row for each 256 leaves. Throws `StoreError.missing` past the end.
  func auditRoot(of range: Range<UInt64>, in organization: OrganizationID) throws -> [UInt8]
  /// The newest entries, oldest first, only of `subject` when given. `limit` ≥ 1.
  func latestAuditEntries(
    _ limit: Int, subject: String?, in organization: OrganizationID
  ) throws -> [AuditLogRecord]
  /// The checkpoint that covers most.
  func latestCheckpoint(in organization: OrganizationID) throws -> StoredCheckpoint?
  /// Smallest first, from the one after `size` (nil: from the first). `limit` ≥ 1.
  func checkpoints(after size: UInt64?, limit: Int, in organization: OrganizationID) throws -> [StoredCheckpoint]
}

/// Writes the audit log.
public protocol AuditWriting {
  /// Durable with the body that appends it. The index is given at the end of the group commit, so neither it nor the
  /// entry can be read within this body.
  func append(_ entry: AuditEntry, in organization: OrganizationID) throws
  /// Erases entry and salt, and keeps the leaf, so that the log still verifies. Throws `StoreError.missing` when there
  /// is no such entry any more.
  func eraseAuditEntry(at index: UInt64, in organization: OrganizationID) throws
  /// Throws `StoreError.conflict` unless it covers at least what the latest one does, and no more than is durable.
  func store(_ checkpoint: StoredCheckpoint, in organization: OrganizationID) throws
}

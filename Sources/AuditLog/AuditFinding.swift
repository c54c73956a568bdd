/// Something that is wrong with a log, in words for an operator.
public struct AuditFinding: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Entry and digest do not belong together.
    case changed
    /// Entries are missing.
    case removed
    /// An index comes twice or too early.
    case reordered
    /// The tree over the entries is not the one that a checkpoint of this log signed.
    case rewritten
    /// The log ends before a checkpoint's size.
    case cut
    /// The log is not the one that an outside checkpoint saw.
    case replaced
    /// What is there has not the form of an entry, a salt or a digest.
    case damaged
    /// A checkpoint cannot be read, or none of the log's keys signed it.
    case badCheckpoint
    /// Two checkpoints of one size differ.
    case forked
    /// An epoch of the log was not opened by the root.
    case badEpoch
    /// A restore lost more than its statement says.
    case lost
  }

  public let kind: Kind
  /// The first entry that it is about, where that is known.
  public let index: UInt64?
  public let text: String

  public var description: String { text }
}

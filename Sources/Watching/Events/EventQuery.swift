import AuditLog
import Registry

/// Which entries of the log a client wants to hear of.
public struct EventQuery: Sendable {
  /// Entries after this one; nil for all.
  public var after: EventCursor?
  /// `certificate.issue`, or `certificate` for all acts on certificates; none for every act.
  public var kinds: [String]
  /// For example `device:ID`.
  public var subject: String?
  /// How many at most.
  public var limit: Int

  public init(after: EventCursor?, kinds: [String] = [], subject: String? = nil, limit: Int) {
    (self.after, self.kinds, self.subject, self.limit) = (after, kinds, subject, limit)
  }

  /// Rows looked at in one read, so that a filter that fits nothing holds no reader for long.
  static let scan = 2000

  /// What one read gave.
  public struct Batch: Sendable {
    public var records: [AuditLogRecord]
    /// The last entry that was looked at: where the next read goes on. Nil before the first entry.
    public var position: EventCursor?
    /// Whether there is more to look at now.
    public var hasMore: Bool
    /// How long the log was.
    public var size: UInt64
  }

  /// Reads on from `after`, in one snapshot. Throws `NotInLog`, and store errors.
  public func read(_ reader: any AuditReading & RecoveryReading, in organization: OrganizationID) throws -> Batch {
    let size = try reader.auditSize(in: organization)
    let epochs = try reader.auditEpochs(in: organization)
    try check(size: size, epochs)
    let rows = kinds.isEmpty ? limit : max(limit, Self.scan)
    let found = try reader.auditEntries(after: after?.index, limit: rows, subject: subject, in: organization)
    let fitting = found.filter { fits($0) }
    let records = Array(fitting.prefix(limit))
    let isCut = fitting.count > records.count
    let isFull = isCut || found.count >= rows
    // With all looked at, entries about other subjects are behind us too.
    let reached = isCut ? records.last?.index : isFull ? found.last?.index : size > 0 ? size - 1 : nil
    let position = reached.map { EventCursor(epoch: Self.current(epochs), index: $0) }
    return Batch(records: records, position: position, hasMore: isFull, size: size)
  }

  private static func current(_ epochs: [AuditEpochRecord]) -> Int { epochs.last?.epoch ?? 1 }

  /// Whoever read in an earlier epoch goes on where they were as long as a restore kept what they read.
  private func check(size: UInt64, _ epochs: [AuditEpochRecord]) throws(NotInLog) {
    guard let after else { return }
    let current = Self.current(epochs)
    let known = after.epoch ?? current
    let begins = epochs.filter { $0.epoch > known }.map(\.beginsAt).min()
    guard after.index >= size || known > current || after.index >= begins ?? .max else { return }
    let kept = (begins ?? epochs.last?.beginsAt).flatMap { $0 > 0 ? $0 - 1 : nil }
    throw NotInLog(epoch: current, size: size, after: kept.map { EventCursor(epoch: current, index: $0) })
  }

  private func fits(_ record: AuditLogRecord) -> Bool {
    guard !kinds.isEmpty else { return true }
    guard let octets = record.entry, let entry = try? AuditEntry(decoding: octets) else { return false }
    return kinds.contains { entry.act == $0 || (!$0.contains(".") && entry.act.hasPrefix($0 + ".")) }
  }
}

import AuditLog
import Registry

/// Which entries of the log a client wants to hear of.
public struct EventQuery: Sendable {
  /// Entries after the one with this index; nil for all.
  public var after: UInt64?
  /// `certificate.issue`, or `certificate` for all acts on certificates; none for every act.
  public var kinds: [String]
  /// For example `device:ID`.
  public var subject: String?
  /// How many at most.
  public var limit: Int

  public init(after: UInt64?, kinds: [String] = [], subject: String? = nil, limit: Int) {
    (self.after, self.kinds, self.subject, self.limit) = (after, kinds, subject, limit)
  }

  /// Rows looked at in one read, so that a filter that fits nothing holds no reader for long.
  static let scan = 2000

  /// What one read gave.
  public struct Batch: Sendable {
    public var records: [AuditLogRecord]
    /// The last entry that was looked at: where the next read goes on. Nil before the first entry.
    public var position: UInt64?
    /// Whether there is more to look at now.
    public var hasMore: Bool
    /// How long the log was.
    public var size: UInt64
  }

  /// Reads on from `after`, in one snapshot.
  public func read(_ reader: any AuditReading, in organization: OrganizationID) throws -> Batch {
    let size = try reader.auditSize(in: organization)
    let rows = kinds.isEmpty ? limit : max(limit, Self.scan)
    let found = try reader.auditEntries(after: after, limit: rows, subject: subject, in: organization)
    let fitting = found.filter { fits($0) }
    let records = Array(fitting.prefix(limit))
    let isCut = fitting.count > records.count
    let isFull = isCut || found.count >= rows
    // With all looked at, entries about other subjects are behind us too.
    let position = isCut ? records.last?.index : isFull ? found.last?.index : size > 0 ? size - 1 : after
    return Batch(records: records, position: [position, after].compactMap { $0 }.max(), hasMore: isFull, size: size)
  }

  private func fits(_ record: AuditLogRecord) -> Bool {
    guard !kinds.isEmpty else { return true }
    guard let octets = record.entry, let entry = try? AuditEntry(decoding: octets) else { return false }
    return kinds.contains { entry.act == $0 || (!$0.contains(".") && entry.act.hasPrefix($0 + ".")) }
  }
}

import AuditLog
import Registry
import WireFormats

/// Finds the entries of a period: a run of indexes, since entries stand in the log in the order of commits.
struct AuditStretch {
  let reader: any StoreReader
  let organization: OrganizationID

  /// An entry's time is taken before it is queued, so that neighbors may stand out of order by so much.
  private static let disorder = Span.minutes(10)
  private static let page = 1000

  /// From the first entry to the last whose time lies in the period, below `end`; entries between them belong to it.
  /// Empty when there is none.
  func entries(of period: AuditPeriod, below end: UInt64) throws -> Range<UInt64> {
    var first: UInt64?
    var last: UInt64 = 0
    let begin = try position(at: period.from - Self.disorder, below: end)
    try scan(from: begin, below: end) { index, at in
      if at >= period.from, at <= period.to { first = index }
      return first == nil && at <= period.to + Self.disorder
    }
    guard let first else { return end..<end }
    // All before this place is older than the period's end.
    let place = max(first + 1, try position(at: period.to - Self.disorder, below: end))
    last = place - 1
    try scan(from: place, below: end) { index, at in
      if at >= period.from, at <= period.to { last = index }
      return at <= period.to + Self.disorder
    }
    return first..<max(first, last) + 1
  }

  /// The first entry that is not older than `instant`, by halving.
  private func position(at instant: Instant, below end: UInt64) throws -> UInt64 {
    var (low, high) = (UInt64(0), end)
    while low < high {
      let middle = low + (high - low) / 2
      // An erased entry has no time: the next one that has decides.
      guard let (_, at) = try known(from: middle, below: high) else {
        high = middle
        continue
      }
      if at < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func known(from index: UInt64, below end: UInt64) throws -> (UInt64, Instant)? {
    var found: (UInt64, Instant)?
    try scan(from: index, below: end) { index, at in
      found = (index, at)
      return false
    }
    return found
  }

  /// Entries with their times, while `body` wants more.
  private func scan(from begin: UInt64, below end: UInt64, _ body: (UInt64, Instant) -> Bool) throws {
    var next = begin
    var limit = 1
    while next < end {
      let rows = try reader.auditEntries(
        after: next == 0 ? nil : next - 1, limit: limit, subject: nil, in: organization)
      for row in rows where row.index < end {
        guard let entry = row.entry.flatMap({ try? AuditEntry(decoding: $0) }) else { continue }
        guard body(row.index, entry.at) else { return }
      }
      guard let last = rows.last else { return }
      next = last.index + 1
      limit = Self.page
    }
  }
}

import AuditLog
import WireFormats

extension StoredCheckpoint: SQLiteRecord {
  static let table = "checkpoints"
  static let columns = "size, root, note, at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      size: try columns.index64(), root: try columns.bytes(), note: try columns.text(), at: try columns.instant())
  }
}

extension AuditLogRecord: SQLiteRecord {
  // The leaf is there for ever; the entry only until it is erased.
  static let table = "audit_leaves l LEFT JOIN audit_entries e USING (organization, position)"
  static let columns = "l.position, l.digest, e.salt, e.entry"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      index: try columns.index64(), digest: try columns.bytes(), salt: try columns.bytesIfAny(),
      entry: try columns.bytesIfAny())
  }
}

extension SQLiteAccess {
  func auditSize(in organization: OrganizationID) throws -> UInt64 {
    let size = try number("SELECT size FROM audit_frontiers WHERE organization = ?", [organization]) ?? 0
    guard let size = UInt64(exactly: size) else { throw StoreError.malformed("audit_frontiers, size") }
    return size
  }

  func auditFrontier(in organization: OrganizationID) throws -> MerkleFrontier {
    try storedFrontier(of: organization) ?? MerkleFrontier()
  }

  func auditEntries(
    after index: UInt64?, limit: Int, subject: String?, in organization: OrganizationID
  ) throws -> [AuditLogRecord] {
    let start = index.map(Int64.init(clamping:)) ?? -1
    guard let subject else {
      return try all(
        AuditLogRecord.self, "WHERE l.organization = ? AND l.position > ? ORDER BY l.position LIMIT ?",
        [organization, start, max(limit, 1)])
    }
    return try all(
      AuditLogRecord.self,
      "WHERE e.organization = ? AND e.subject = ? AND e.position > ? ORDER BY e.position LIMIT ?",
      [organization, subject, start, max(limit, 1)])
  }

  func auditEntries(
    matching selection: Selection, after index: UInt64?, limit: Int, within most: Int, in organization: OrganizationID
  ) throws -> (entries: [AuditLogRecord], reached: UInt64?) {
    let size = Int64(clamping: try auditSize(in: organization))
    let start = index.map(Int64.init(clamping:)) ?? -1
    let compare = AuditComparison(organization: organization)
    let leading = compare.leading(selection.condition.conjuncts)
    // The last that is looked at.
    let end = leading == nil ? min(start.saturatedSum(Int64(most)), size - 1) : size - 1
    let parts = (leading.map { [$0] } ?? []) + [selection.condition.sql(compare.sql)]
    let source = leading == nil ? "audit_entries e NOT INDEXED" : "audit_entries e INDEXED BY audit_entries_subject"
    let found = try rows(
      selected: """
        SELECT \(AuditLogRecord.columns) FROM \(source)
        CROSS JOIN audit_leaves l ON l.organization = e.organization AND l.position = e.position
        WHERE e.organization = ? AND \(parts.map(\.sql).joined(separator: " AND "))
        AND e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?
        """, [organization] + parts.flatMap(\.arguments) + [start, end, max(limit, 1)], of: "audit_entries",
      AuditLogRecord.init(columns:))
    return (found, end < size - 1 ? UInt64(clamping: end) : nil)
  }

  func auditLeafDigests(_ range: Range<UInt64>, in organization: OrganizationID) throws -> [[UInt8]] {
    try all(
      """
      SELECT digest FROM audit_leaves WHERE organization = ? AND position >= ? AND position < ? ORDER BY position
      """, [organization, range.lowerBound, range.upperBound], of: "audit_leaves"
    ) { columns throws(StoreError) in try columns.bytes() }
  }

  func auditRoot(of range: Range<UInt64>, in organization: OrganizationID) throws -> [UInt8] {
    let height = UInt64(MerkleTree.tileHeight)
    // A range that begins within a tile lies within it.
    let isWhole = range.lowerBound % MerkleTree.tileSize == 0
    let tiles = isWhole ? range.lowerBound >> height..<range.upperBound >> height : 0..<0
    let roots = try all(
      "SELECT root FROM audit_tiles WHERE organization = ? AND tile >= ? AND tile < ? ORDER BY tile",
      [organization, tiles.lowerBound, tiles.upperBound], of: "audit_tiles"
    ) { columns throws(StoreError) in try columns.bytes() }
    guard roots.count == tiles.count else { throw StoreError.malformed("audit_tiles, \(tiles)") }
    let rest = (tiles.isEmpty ? range.lowerBound : tiles.upperBound << height)..<range.upperBound
    let leaves = rest.isEmpty ? [] : try auditLeafDigests(rest, in: organization)
    guard leaves.count == rest.count else { throw StoreError.missing("audit leaf") }
    var frontier = MerkleFrontier(tiles: roots)
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }

  func latestAuditEntries(
    _ limit: Int, subject: String?, in organization: OrganizationID
  ) throws -> [AuditLogRecord] {
    let rows =
      if let subject {
        try all(
          AuditLogRecord.self, "WHERE e.organization = ? AND e.subject = ? ORDER BY e.position DESC LIMIT ?",
          [organization, subject, max(limit, 1)])
      } else {
        try all(
          AuditLogRecord.self, "WHERE l.organization = ? ORDER BY l.position DESC LIMIT ?",
          [organization, max(limit, 1)])
      }
    return rows.reversed()
  }

  func latestCheckpoint(in organization: OrganizationID) throws -> StoredCheckpoint? {
    try first(StoredCheckpoint.self, "WHERE organization = ? ORDER BY size DESC LIMIT 1", [organization])
  }

  func checkpoints(after size: UInt64?, limit: Int, in organization: OrganizationID) throws -> [StoredCheckpoint] {
    try all(
      StoredCheckpoint.self, "WHERE organization = ? AND size > ? ORDER BY size LIMIT ?",
      [organization, size.map(Int64.init(clamping:)) ?? -1, max(limit, 1)])
  }

  /// Nil before the first entry.
  func storedFrontier(of organization: OrganizationID) throws(StoreError) -> MerkleFrontier? {
    try first(
      "SELECT frontier FROM audit_frontiers WHERE organization = ?", [organization], of: "audit_frontiers"
    ) { columns throws(StoreError) in
      guard let frontier = MerkleFrontier(decoding: try columns.bytes()) else {
        throw .malformed("audit_frontiers, frontier")
      }
      return frontier
    }
  }
}

extension Int64 {
  fileprivate func saturatedSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension Activity {
  init(_ entry: AuditEntry) {
    since = Instant(milliseconds: entry.at.milliseconds / Self.period * Self.period)
    (act, outcome) = (entry.act, entry.outcome)
    code = entry.outcome == "refused" ? entry.details["code"] ?? "" : ""
  }
}

extension SQLiteWriter {
  func append(_ entry: AuditEntry, in organization: OrganizationID) throws {
    appendPending(
      PendingLeaf(organization: organization, leaf: .make(entry), subject: entry.subject, activity: Activity(entry)))
  }

  func eraseAuditEntry(at index: UInt64, in organization: OrganizationID) throws {
    // Entry and salt go together: a digest could be tried against guesses while its salt is known.
    let erased = try execute(
      "DELETE FROM audit_entries WHERE organization = ? AND position = ?", [organization, index])
    if erased == 0 { throw StoreError.missing("audit entry") }
  }

  func store(_ checkpoint: StoredCheckpoint, in organization: OrganizationID) throws {
    let latest = try latestCheckpoint(in: organization)?.size ?? 0
    guard checkpoint.size >= latest, checkpoint.size <= (try auditSize(in: organization)) else {
      throw StoreError.conflict("checkpoint of size \(checkpoint.size)")
    }
    try execute(
      "INSERT OR REPLACE INTO checkpoints (organization, \(StoredCheckpoint.columns)) VALUES (?, ?, ?, ?, ?)",
      [organization, checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at])
  }
}

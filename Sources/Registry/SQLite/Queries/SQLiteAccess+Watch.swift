import AuditLog
import WireFormats

extension StandingCondition: SQLiteRecord {
  static let table = "conditions"
  static let columns = "name, raised_at, document"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(name: try columns.text(), raisedAt: try columns.instant(), document: try columns.bytes())
  }
}

extension WaitingNotification: SQLiteRecord {
  static let table = "notifications"
  static let columns = "sequence, target, document, queued_at, attempts, next_attempt_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      sequence: try columns.integer(), target: try columns.text(), document: try columns.bytes(),
      queuedAt: try columns.instant(), attempts: try columns.count(), nextAttemptAt: try columns.instant())
  }
}

extension SQLiteAccess {
  func watchPosition(_ name: String, in organization: OrganizationID) throws -> [UInt8]? {
    try first(
      "SELECT value FROM watch_positions WHERE organization = ? AND name = ?", [organization, name],
      of: "watch_positions"
    ) { columns throws(StoreError) in try columns.bytes() }
  }

  func standingConditions(in organization: OrganizationID) throws -> [StandingCondition] {
    try all(StandingCondition.self, "WHERE organization = ? ORDER BY name", [organization])
  }

  func waitingNotifications(
    for target: String, limit: Int, in organization: OrganizationID
  ) throws -> [WaitingNotification] {
    try all(
      WaitingNotification.self, "WHERE organization = ? AND target = ? ORDER BY sequence LIMIT ?",
      [organization, target, max(limit, 1)])
  }

  func waitingNotificationCount(in organization: OrganizationID) throws -> Int {
    Int(clamping: try number("SELECT count(*) FROM notifications WHERE organization = ?", [organization]) ?? 0)
  }

  func notableAuditEntries(
    after index: UInt64?, limit: Int, in organization: OrganizationID
  ) throws -> [AuditLogRecord] {
    // Canonical JSON has one spelling, and a quote within a text is escaped: SQLite finds it without a row leaving it.
    try all(
      AuditLogRecord.self,
      """
      WHERE e.organization = ? AND e.position > ? AND (instr(e.entry, CAST('"outcome":"refused"' AS BLOB)) > 0
        OR instr(e.entry, CAST('"outcome":"alarm"' AS BLOB)) > 0) ORDER BY e.position LIMIT ?
      """, [organization, index.map(Int64.init(clamping:)) ?? -1, max(limit, 1)])
  }

  func unrenewedCertificates(
    expiringBefore instant: Instant, now: Instant, in organization: OrganizationID
  ) throws -> UnrenewedCertificates {
    let condition = """
      FROM certificates c JOIN devices d ON d.organization = c.organization AND d.id = c.device
      WHERE c.organization = ? AND c.not_after > ? AND c.not_after <= ? AND c.status = 'good'
        AND c.purpose = 'operational' AND d.state = 'active'
        AND (c.not_after - ?) * 4 < c.not_after - c.not_before
        AND NOT EXISTS (SELECT 1 FROM certificates n WHERE n.device = c.device AND n.organization = c.organization
          AND n.profile = c.profile AND n.status = 'good' AND n.not_after > c.not_after)
      """
    let arguments: [any SQLiteBindable] = [organization, now, instant, now]
    return UnrenewedCertificates(
      count: Int(clamping: try number("SELECT count(*) \(condition)", arguments) ?? 0),
      serials: try all("SELECT d.serial \(condition) ORDER BY c.not_after LIMIT 10", arguments, of: "devices") {
        columns throws(StoreError) in try columns.text()
      })
  }
}

extension SQLiteWriter {
  func keepWatchPosition(_ value: [UInt8], as name: String, in organization: OrganizationID) throws {
    try execute(
      "INSERT OR REPLACE INTO watch_positions (organization, name, value) VALUES (?, ?, ?)",
      [organization, name, value])
  }

  func raise(_ condition: StandingCondition, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO conditions (organization, name, raised_at, document) VALUES (?, ?, ?, ?)
      ON CONFLICT (organization, name) DO UPDATE SET document = excluded.document
      """, [organization, condition.name, condition.raisedAt, condition.document])
  }

  func clearCondition(_ name: String, in organization: OrganizationID) throws {
    try execute("DELETE FROM conditions WHERE organization = ? AND name = ?", [organization, name])
  }

  func queueNotification(
    to target: String, document: [UInt8], at instant: Instant, in organization: OrganizationID
  ) throws {
    try execute(
      """
      INSERT INTO notifications (organization, target, document, queued_at, attempts, next_attempt_at)
      VALUES (?, ?, ?, ?, 0, ?)
      """, [organization, target, document, instant, instant])
  }

  func postponeNotification(_ sequence: Int64, until instant: Instant, in organization: OrganizationID) throws {
    try execute(
      """
      UPDATE notifications SET attempts = attempts + 1, next_attempt_at = ? WHERE organization = ? AND sequence = ?
      """, [instant, organization, sequence])
  }

  func removeNotification(_ sequence: Int64, in organization: OrganizationID) throws {
    try execute("DELETE FROM notifications WHERE organization = ? AND sequence = ?", [organization, sequence])
  }
}

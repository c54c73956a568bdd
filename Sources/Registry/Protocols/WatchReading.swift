import WireFormats

/// Reads what a watcher keeps and looks for.
public protocol WatchReading {
  /// What was kept under this name; nil before the first time.
  func watchPosition(_ name: String, in organization: OrganizationID) throws -> [UInt8]?
  /// In the order of their names.
  func standingConditions(in organization: OrganizationID) throws -> [StandingCondition]
  /// The oldest for a target. `limit` ≥ 1.
  func waitingNotifications(
    for target: String, limit: Int, in organization: OrganizationID
  ) throws -> [WaitingNotification]
  func waitingNotificationCount(in organization: OrganizationID) throws -> Int
  /// Refusals and alarms among the entries of the audit log after `index` (nil: from the first), oldest first.
  func notableAuditEntries(
    after index: UInt64?, limit: Int, in organization: OrganizationID
  ) throws -> [AuditLogRecord]
  /// Certificates of devices in service that end until `instant`, have less than a quarter of their life left, and no
  /// good successor: how many, and the names of the first.
  func unrenewedCertificates(
    expiringBefore instant: Instant, now: Instant, in organization: OrganizationID
  ) throws -> UnrenewedCertificates
}

/// Certificates that end soon with no successor.
public struct UnrenewedCertificates: Hashable, Sendable {
  public var count: Int
  /// Serials of the first ten devices.
  public var serials: [String]

  public init(count: Int, serials: [String]) { (self.count, self.serials) = (count, serials) }
}

/// Writes what a watcher keeps.
public protocol WatchWriting {
  func keepWatchPosition(_ value: [UInt8], as name: String, in organization: OrganizationID) throws
  /// Puts a condition in, or another document into one that stands; when it was raised stays.
  func raise(_ condition: StandingCondition, in organization: OrganizationID) throws
  func clearCondition(_ name: String, in organization: OrganizationID) throws
  func queueNotification(
    to target: String, document: [UInt8], at instant: Instant, in organization: OrganizationID) throws
  func postponeNotification(_ sequence: Int64, until instant: Instant, in organization: OrganizationID) throws
  /// It was delivered, or given up.
  func removeNotification(_ sequence: Int64, in organization: OrganizationID) throws
}

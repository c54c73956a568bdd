import WireFormats

/// Reads answers kept for repeated requests.
public protocol IdempotencyReading {
  /// Nil when there is none or it expired by `now`.
  func idempotencyRecord(
    principal: String, key: String, now: Instant, in organization: OrganizationID
  ) throws -> IdempotencyRecord?
}

/// Keeps answers for repeated requests.
public protocol IdempotencyWriting {
  /// Replaces one that expired by `now`. Throws `StoreError.duplicate` when one is in force.
  func insert(_ record: IdempotencyRecord, now: Instant, in organization: OrganizationID) throws
  /// Deletes what expired before `instant`; returns how many.
  @discardableResult
  func deleteIdempotencyRecords(expiredBefore instant: Instant, in organization: OrganizationID) throws -> Int
}

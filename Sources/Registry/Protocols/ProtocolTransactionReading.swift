import WireFormats

/// Reads the state of exchanges of several messages.
public protocol ProtocolTransactionReading {
  /// Nil when there is none or it expired by `now`.
  func protocolTransaction(
    door: String, identifier: [UInt8], now: Instant, in organization: OrganizationID
  ) throws -> ProtocolTransaction?
  /// How many have identifiers that begin so and are in force. `prefix` is not empty.
  func countProtocolTransactions(
    door: String, prefix: [UInt8], now: Instant, in organization: OrganizationID
  ) throws -> Int
}

/// Keeps the state of exchanges of several messages.
public protocol ProtocolTransactionWriting {
  /// Replaces one that expired by `now`. Throws `StoreError.duplicate` when one is in force, `StoreError.conflict` when
  /// identifier or state are over `ProtocolTransaction`'s bounds.
  func insert(_ transaction: ProtocolTransaction, now: Instant, in organization: OrganizationID) throws
  /// Puts another state in the place of `state`, and another end. Throws `StoreError.conflict` when the state is another
  /// by now: somebody else went on with the exchange; `StoreError.missing` when it is gone.
  func replace(
    _ transaction: ProtocolTransaction, ifStateIs state: [UInt8], in organization: OrganizationID
  ) throws
  /// Deleting what is not there changes nothing.
  func deleteProtocolTransaction(door: String, identifier: [UInt8], in organization: OrganizationID) throws
  /// Deletes the oldest of those whose identifiers begin so, until no more than `limit` are left.
  func trimProtocolTransactions(door: String, prefix: [UInt8], to limit: Int, in organization: OrganizationID) throws
  /// Deletes what expired before `instant`; returns how many.
  @discardableResult
  func deleteProtocolTransactions(expiredBefore instant: Instant, in organization: OrganizationID) throws -> Int
}

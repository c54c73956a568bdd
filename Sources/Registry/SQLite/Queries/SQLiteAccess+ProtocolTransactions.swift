import WireFormats

extension ProtocolTransaction: SQLiteRecord {
  static let table = "protocol_transactions"
  static let columns = "door, identifier, state, created_at, expires_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      door: try columns.text(), identifier: try columns.bytes(), state: try columns.bytes(),
      createdAt: try columns.instant(), expiresAt: try columns.instant())
  }

  fileprivate func checkBounds() throws(StoreError) {
    guard (1...Self.longestIdentifier).contains(identifier.count), state.count <= Self.largestState else {
      throw .conflict("a transaction's identifier or state is too large")
    }
  }
}

extension SQLiteAccess {
  func protocolTransaction(
    door: String, identifier: [UInt8], now: Instant, in organization: OrganizationID
  ) throws -> ProtocolTransaction? {
    try first(
      ProtocolTransaction.self, "WHERE organization = ? AND door = ? AND identifier = ? AND expires_at > ?",
      [organization, door, identifier, now])
  }

  func countProtocolTransactions(
    door: String, prefix: [UInt8], now: Instant, in organization: OrganizationID
  ) throws -> Int {
    Int(
      clamping: try number(
        """
        SELECT count(*) FROM protocol_transactions
        WHERE organization = ? AND door = ? AND identifier >= ? AND identifier < ? AND expires_at > ?
        """, [organization, door, prefix, Self.end(of: prefix), now]) ?? 0)
  }

  /// What follows everything that begins so: identifiers are no longer than this makes them.
  fileprivate static func end(of prefix: [UInt8]) -> [UInt8] {
    prefix + [UInt8](repeating: 0xFF, count: ProtocolTransaction.longestIdentifier)
  }
}

extension SQLiteWriter {
  func insert(_ transaction: ProtocolTransaction, now: Instant, in organization: OrganizationID) throws {
    try transaction.checkBounds()
    try execute(
      "DELETE FROM protocol_transactions WHERE organization = ? AND door = ? AND identifier = ? AND expires_at <= ?",
      [organization, transaction.door, transaction.identifier, now])
    try execute(
      "INSERT INTO protocol_transactions (organization, \(ProtocolTransaction.columns)) VALUES (?, ?, ?, ?, ?, ?)",
      [
        organization, transaction.door, transaction.identifier, transaction.state, transaction.createdAt,
        transaction.expiresAt,
      ])
  }

  func replace(
    _ transaction: ProtocolTransaction, ifStateIs state: [UInt8], in organization: OrganizationID
  ) throws {
    try transaction.checkBounds()
    let place: [any SQLiteBindable] = [organization, transaction.door, transaction.identifier]
    let changed = try execute(
      """
      UPDATE protocol_transactions SET state = ?, expires_at = ?
      WHERE organization = ? AND door = ? AND identifier = ? AND state = ?
      """, [transaction.state, transaction.expiresAt] + place + [state])
    if changed > 0 { return }
    let exists = try number(
      "SELECT count(*) FROM protocol_transactions WHERE organization = ? AND door = ? AND identifier = ?", place)
    throw exists == 0 ? StoreError.missing("transaction") : .conflict("the transaction went on elsewhere")
  }

  func deleteProtocolTransaction(door: String, identifier: [UInt8], in organization: OrganizationID) throws {
    try execute(
      "DELETE FROM protocol_transactions WHERE organization = ? AND door = ? AND identifier = ?",
      [organization, door, identifier])
  }

  func trimProtocolTransactions(door: String, prefix: [UInt8], to limit: Int, in organization: OrganizationID) throws {
    let range: [any SQLiteBindable] = [organization, door, prefix, Self.end(of: prefix)]
    try execute(
      """
      DELETE FROM protocol_transactions WHERE organization = ? AND door = ? AND identifier >= ? AND identifier < ?
        AND identifier NOT IN (
          SELECT identifier FROM protocol_transactions
          WHERE organization = ? AND door = ? AND identifier >= ? AND identifier < ?
          ORDER BY created_at DESC, identifier DESC LIMIT ?)
      """, range + range + [max(limit, 0)])
  }

  @discardableResult
  func deleteProtocolTransactions(expiredBefore instant: Instant, in organization: OrganizationID) throws -> Int {
    try execute(
      "DELETE FROM protocol_transactions WHERE organization = ? AND expires_at < ?", [organization, instant])
  }
}

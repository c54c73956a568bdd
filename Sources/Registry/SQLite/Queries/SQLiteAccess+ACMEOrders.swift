import Credentials
import WireFormats

extension ACMEOrderRecord: SQLiteRecord {
  static let table = "acme_orders"
  static let columns = """
    id, account, profile, status, identifiers, replaces, problem, request, authority, certificate, created_at, \
    expires_at
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    let (id, account, profile): (ACMEObjectID, ACMEObjectID, ProfileName) = (
      try columns.identifier(), try columns.identifier(), try columns.identifier()
    )
    let status: Status = try columns.choice()
    let identifiers = try columns.text().split(separator: "\n").compactMap(ACMEIdentifier.init(text:))
    guard !identifiers.isEmpty else { throw .malformed("\(Self.table), identifiers") }
    self.init(
      id: id, account: account, profile: profile, status: status, identifiers: identifiers,
      replaces: try columns.textIfAny(), problem: try columns.textIfAny(), request: try columns.bytesIfAny(),
      outcome: try Self.outcome(&columns), createdAt: try columns.instant(), expiresAt: try columns.instant())
  }

  private static func outcome(_ columns: inout ColumnReader) throws(StoreError) -> Outcome? {
    let authority: AuthorityID? = try columns.identifierIfAny()
    guard let serial = try columns.serialIfAny(), let authority else { return nil }
    return Outcome(authority: authority, serial: serial)
  }

  static func text(of identifiers: [ACMEIdentifier]) -> String { identifiers.map(\.text).joined(separator: "\n") }
}

extension SQLiteAccess {
  func acmeOrder(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEOrderRecord? {
    try first(ACMEOrderRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func acmeOrders(
    of account: ACMEObjectID, after cursor: ACMEObjectID?, limit: Int, in organization: OrganizationID
  ) throws -> [ACMEOrderRecord] {
    try all(
      ACMEOrderRecord.self, "WHERE organization = ? AND account = ? AND id > ? ORDER BY id LIMIT ?",
      [organization, account, cursor?.rawValue ?? "", limit])
  }

  func lastACMEOrder(
    of account: ACMEObjectID, for identifiers: [ACMEIdentifier], in organization: OrganizationID
  ) throws -> ACMEOrderRecord? {
    try first(
      ACMEOrderRecord.self,
      "WHERE organization = ? AND account = ? AND identifiers = ? AND status = 'valid' ORDER BY id DESC LIMIT 1",
      [organization, account, ACMEOrderRecord.text(of: identifiers)])
  }

  func acmeOrder(
    certificate serial: SerialNumber, authority: AuthorityID, in organization: OrganizationID
  ) throws -> ACMEOrderRecord? {
    try first(
      ACMEOrderRecord.self, "WHERE organization = ? AND certificate = ? AND authority = ?",
      [organization, serial, authority])
  }

  func acmeOrder(replacing certificate: String, in organization: OrganizationID) throws -> ACMEOrderRecord? {
    try first(
      ACMEOrderRecord.self, "WHERE organization = ? AND replaces = ? AND status <> 'invalid'",
      [organization, certificate])
  }
}

extension SQLiteWriter {
  func insert(_ order: ACMEOrderRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO acme_orders (organization, \(ACMEOrderRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, order.id, order.account, order.profile, order.status,
        ACMEOrderRecord.text(of: order.identifiers), order.replaces, order.problem, order.request,
        order.outcome?.authority, order.outcome?.serial, order.createdAt, order.expiresAt,
      ])
  }

  func update(_ order: ACMEOrderRecord, in organization: OrganizationID) throws {
    let changed = try execute(
      """
      UPDATE acme_orders SET status = ?, problem = ?, request = ?, authority = ?, certificate = ?, expires_at = ?
      WHERE organization = ? AND id = ?
      """,
      [
        order.status, order.problem, order.request, order.outcome?.authority, order.outcome?.serial, order.expiresAt,
        organization, order.id,
      ])
    if changed == 0 { throw StoreError.missing("order") }
  }

  @discardableResult
  func sweepACME(
    expiredBefore instant: Instant, noncesBefore nonce: [UInt8], in organization: OrganizationID
  ) throws -> Int {
    let expired = "SELECT id FROM acme_orders WHERE organization = ? AND expires_at < ?"
    var swept = try execute(
      """
      DELETE FROM acme_validations WHERE organization = ? AND authorization IN (
        SELECT id FROM acme_authorizations WHERE organization = ? AND order_id IN (\(expired)))
      """, [organization, organization, organization, instant])
    swept += try execute(
      "DELETE FROM acme_authorizations WHERE organization = ? AND order_id IN (\(expired))",
      [organization, organization, instant])
    swept += try execute(
      "DELETE FROM acme_orders WHERE organization = ? AND expires_at < ?", [organization, instant])
    swept += try execute("DELETE FROM acme_nonces WHERE organization = ? AND nonce < ?", [organization, nonce])
    return swept
  }
}

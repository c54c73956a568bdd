import WireFormats

extension ACMEAuthorizationRecord: SQLiteRecord {
  static let table = "acme_authorizations"
  static let columns = """
    id, order_id, account, identifier, is_wildcard, status, token, challenge, problem, validated_at, \
    attested_key_hash, attesting_key_hash, expires_at
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    let (id, order, account): (ACMEObjectID, ACMEObjectID, ACMEObjectID) = (
      try columns.identifier(), try columns.identifier(), try columns.identifier()
    )
    guard let identifier = ACMEIdentifier(text: try columns.text()) else {
      throw .malformed("\(Self.table), identifier")
    }
    self.init(
      id: id, order: order, account: account, identifier: identifier, isWildcard: try columns.integer() != 0,
      status: try columns.choice(), token: try columns.text(),
      challenge: try columns.textIfAny().flatMap(Challenge.init(rawValue:)), problem: try columns.textIfAny(),
      validatedAt: try columns.instantIfAny(), attestedKeyHash: try columns.bytesIfAny(),
      attestingKeyHash: try columns.bytesIfAny(), expiresAt: try columns.instant())
  }
}

extension ACMEValidationRecord: SQLiteRecord {
  static let table = "acme_validations"
  static let columns = "authorization, attempts, due_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      authorization: try columns.identifier(), attempts: try columns.count(), dueAt: try columns.instant())
  }
}

extension SQLiteAccess {
  func acmeAuthorization(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEAuthorizationRecord? {
    try first(ACMEAuthorizationRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func acmeAuthorizations(
    ofOrder order: ACMEObjectID, in organization: OrganizationID
  ) throws -> [ACMEAuthorizationRecord] {
    try all(
      ACMEAuthorizationRecord.self, "WHERE organization = ? AND order_id = ? ORDER BY id", [organization, order])
  }

  func acmeValidations(
    dueBy instant: Instant, limit: Int, in organization: OrganizationID
  ) throws -> [ACMEValidationRecord] {
    try all(
      ACMEValidationRecord.self,
      """
      WHERE organization = ? AND due_at <= ? ORDER BY row_number() OVER (
        PARTITION BY (
          SELECT account FROM acme_authorizations AS a
          WHERE a.organization = acme_validations.organization AND a.id = acme_validations.authorization)
        ORDER BY due_at), due_at LIMIT ?
      """, [organization, instant, limit])
  }

  func countACMEValidations(in organization: OrganizationID) throws -> Int {
    Int(clamping: try number("SELECT count(*) FROM acme_validations WHERE organization = ?", [organization]) ?? 0)
  }

  func countACMEValidations(of account: ACMEObjectID, in organization: OrganizationID) throws -> Int {
    let sql = """
      SELECT count(*) FROM acme_validations AS v JOIN acme_authorizations AS a
      ON a.organization = v.organization AND a.id = v.authorization WHERE v.organization = ? AND a.account = ?
      """
    return Int(clamping: try number(sql, [organization, account]) ?? 0)
  }
}

extension SQLiteWriter {
  func insert(_ authorization: ACMEAuthorizationRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO acme_authorizations (organization, \(ACMEAuthorizationRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        organization, authorization.id, authorization.order, authorization.account, authorization.identifier.text,
        authorization.isWildcard ? 1 : 0, authorization.status, authorization.token, authorization.challenge,
        authorization.problem, authorization.validatedAt, authorization.attestedKeyHash,
        authorization.attestingKeyHash, authorization.expiresAt,
      ])
  }

  func update(_ authorization: ACMEAuthorizationRecord, in organization: OrganizationID) throws {
    let changed = try execute(
      """
      UPDATE acme_authorizations SET status = ?, challenge = ?, problem = ?, validated_at = ?, attested_key_hash = ?,
        attesting_key_hash = ?
      WHERE organization = ? AND id = ?
      """,
      [
        authorization.status, authorization.challenge, authorization.problem, authorization.validatedAt,
        authorization.attestedKeyHash, authorization.attestingKeyHash, organization, authorization.id,
      ])
    if changed == 0 { throw StoreError.missing("authorization") }
  }

  func put(_ validation: ACMEValidationRecord, in organization: OrganizationID) throws {
    try execute(
      """
      INSERT INTO acme_validations (organization, authorization, attempts, due_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (organization, authorization) DO UPDATE SET attempts = excluded.attempts, due_at = excluded.due_at
      """, [organization, validation.authorization, validation.attempts, validation.dueAt])
  }

  func removeACMEValidation(of authorization: ACMEObjectID, in organization: OrganizationID) throws {
    try execute(
      "DELETE FROM acme_validations WHERE organization = ? AND authorization = ?", [organization, authorization])
  }
}

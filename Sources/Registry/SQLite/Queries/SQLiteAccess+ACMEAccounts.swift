import WireFormats

extension ACMEAccountRecord: SQLiteRecord {
  static let table = "acme_accounts"
  static let columns =
    "id, profile, thumbprint, public_key, status, contacts, binding_name, binding_hash, created_at"

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), profile: try columns.identifier(), thumbprint: try columns.bytes(),
      publicKey: try columns.bytes(), status: try columns.choice(),
      contacts: try columns.text().split(separator: "\n").map(String.init), binding: try Self.binding(&columns),
      createdAt: try columns.instant())
  }

  private static func binding(_ columns: inout ColumnReader) throws(StoreError) -> Binding? {
    let (name, hash) = (try columns.textIfAny(), try columns.bytesIfAny())
    guard let name, let hash else { return nil }
    return Binding(name: name, secretHash: hash)
  }

  /// What may change, in the order of `changes`.
  fileprivate var changing: [any SQLiteBindable] {
    [thumbprint, publicKey, status, contacts.joined(separator: "\n"), binding?.name, binding?.secretHash]
  }
}

extension SQLiteAccess {
  func acmeAccount(_ id: ACMEObjectID, in organization: OrganizationID) throws -> ACMEAccountRecord? {
    try first(ACMEAccountRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func acmeAccount(
    thumbprint: [UInt8], profile: ProfileName, in organization: OrganizationID
  ) throws -> ACMEAccountRecord? {
    try first(
      ACMEAccountRecord.self, "WHERE organization = ? AND profile = ? AND thumbprint = ?",
      [organization, profile, thumbprint])
  }

  func sealedACMENonceKey(in organization: OrganizationID) throws -> [UInt8]? {
    try first("SELECT sealed FROM acme_nonce_keys WHERE organization = ?", [organization], of: "acme_nonce_keys") {
      columns throws(StoreError) in try columns.bytes()
    }
  }
}

extension SQLiteWriter {
  func insert(_ account: ACMEAccountRecord, in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO acme_accounts (organization, \(ACMEAccountRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [organization, account.id, account.profile] + account.changing + [account.createdAt])
  }

  func update(_ account: ACMEAccountRecord, in organization: OrganizationID) throws {
    let changed = try execute(
      """
      UPDATE acme_accounts SET thumbprint = ?, public_key = ?, status = ?, contacts = ?, binding_name = ?,
      binding_hash = ? WHERE organization = ? AND id = ?
      """, account.changing + [organization, account.id])
    if changed == 0 { throw StoreError.missing("account") }
  }

  func useACMENonce(_ nonce: [UInt8], in organization: OrganizationID) throws {
    try execute("INSERT INTO acme_nonces (organization, nonce) VALUES (?, ?)", [organization, nonce])
  }

  func insertSealedACMENonceKey(_ sealed: [UInt8], in organization: OrganizationID) throws {
    try execute(
      "INSERT INTO acme_nonce_keys (organization, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING", [organization, sealed])
  }
}

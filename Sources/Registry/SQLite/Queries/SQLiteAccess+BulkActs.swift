import Crypto
import Foundation
import WireFormats

extension BulkActRecord: SQLiteRecord {
  static let table = "bulk_acts"
  static let columns = """
    id, organization, act, selection, parameters, state, members, members_digest, processed, done, created_at, \
    actor_name, actor_role, actor_fingerprint, started_at, finished_at, unannounced, accepted_until
    """

  init(columns: inout ColumnReader) throws(StoreError) {
    self.init(
      id: try columns.identifier(), organization: try columns.identifier(), act: try columns.text(),
      selection: try columns.text(), parameters: try Self.parameters(try columns.text()), state: try columns.choice(),
      members: try columns.count(), membersDigest: try columns.bytes(), processed: try columns.count(),
      done: try columns.count(), createdAt: try columns.instant(), actorName: try columns.text(),
      actorRole: try columns.choice(), actorFingerprint: try columns.bytes(), startedAt: try columns.instantIfAny(),
      finishedAt: try columns.instantIfAny(), unannounced: try columns.count(),
      acceptedUntil: try columns.instantIfAny())
  }

  private static func parameters(_ text: String) throws(StoreError) -> [String: String] {
    guard let parameters = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      throw .malformed("bulk_acts, parameters")
    }
    return parameters
  }

  fileprivate var values: [any SQLiteBindable] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let text = String(decoding: try encoder.encode(parameters), as: UTF8.self)
      return [
        id, organization, act, selection, text, state, members, membersDigest, processed, done, createdAt, actorName,
        actorRole, actorFingerprint, startedAt, finishedAt, unannounced, acceptedUntil,
      ]
    }
  }
}

extension BulkMember: SQLiteRecord {
  static let table = "bulk_members"
  static let columns = "position, device, authority, serial, grant_name, request, refusal"

  init(columns: inout ColumnReader) throws(StoreError) {
    let position = try columns.count()
    let device: DeviceID? = try columns.identifierIfAny()
    let authority: AuthorityID? = try columns.identifierIfAny()
    let serial = try columns.serialIfAny()
    let grant: GrantName? = try columns.identifierIfAny()
    let request: PendingRequestID? = try columns.identifierIfAny()
    let refusal = try columns.textIfAny()
    switch (device, authority, serial, grant, request) {
    case (let device?, nil, nil, nil, nil): self.init(position: position, subject: .device(device), refusal: refusal)
    case (nil, let authority?, let serial?, nil, nil):
      self.init(position: position, subject: .certificate(authority, serial), refusal: refusal)
    case (nil, nil, nil, let grant?, nil): self.init(position: position, subject: .grant(grant), refusal: refusal)
    case (nil, nil, nil, nil, let request?): self.init(position: position, subject: .request(request), refusal: refusal)
    default: throw .malformed("bulk_members")
    }
  }
}

extension SQLiteAccess {
  func bulkAct(_ id: BulkActID, in organization: OrganizationID) throws -> BulkActRecord? {
    try first(BulkActRecord.self, "WHERE organization = ? AND id = ?", [organization, id])
  }

  func bulkActs(after cursor: Cursor?, limit: Int, in organization: OrganizationID) throws -> Page<BulkActRecord> {
    let after = try cursor?.texts(1)[0] ?? ""
    let rows = try all(
      BulkActRecord.self, "WHERE organization = ? AND id > ? ORDER BY id LIMIT ?",
      [organization, after, max(limit, 1).saturatedSuccessor])
    return Page(rows, limit: limit) { Cursor(texts: [$0.id.rawValue]) }
  }

  func runningBulkActs(in organization: OrganizationID) throws -> [BulkActID] {
    try all(
      """
      SELECT id FROM bulk_acts INDEXED BY bulk_acts_open
      WHERE organization = ? AND state = 'running' AND finished_at IS NULL
      """, [organization], of: "bulk_acts"
    ) { columns throws(StoreError) in try columns.identifier() }
  }

  func bulkMembers(
    of id: BulkActID, after position: Int, limit: Int, in organization: OrganizationID
  ) throws -> [BulkMember] {
    try all(
      BulkMember.self, "WHERE organization = ? AND act = ? AND position > ? ORDER BY position LIMIT ?",
      [organization, id, position, max(limit, 1)])
  }

  func unannounced(
    of id: BulkActID, among states: Set<CertificateRecord.Status>, marker: [UInt8], at now: Instant,
    in organization: OrganizationID
  ) throws -> (certificates: Int, until: Instant?) {
    let states = states.sorted { $0.rawValue < $1.rawValue }
    let found = try [
      "c.device = m.device AND c.organization = m.organization",
      "c.organization = m.organization AND c.authority = m.authority AND c.serial = m.serial",
    ].map { isMember in
      try first(
        """
        SELECT count(*), max(c.not_after) FROM bulk_members m CROSS JOIN certificates c ON \(isMember)
        WHERE m.organization = ? AND m.act = ? AND c.status IN (\(states.map { _ in "?" }.joined(separator: ", ")))
          AND c.not_after > ? AND instr(c.encoded, ?) > 0
        """, [organization, id] + states + [now, marker], of: "bulk_members"
      ) { columns throws(StoreError) in (try columns.count(), try columns.instantIfAny()) } ?? (0, nil)
    }
    return (found.reduce(0) { $0 + $1.0 }, found.compactMap(\.1).max())
  }

  func bulkActs(touching device: DeviceID, in organization: OrganizationID) throws -> [BulkActID] {
    try all(
      """
      SELECT a.id FROM (
        SELECT organization, act, position, refusal FROM bulk_members WHERE organization = ?1 AND device = ?2
        UNION ALL SELECT m.organization, m.act, m.position, m.refusal
        FROM certificates c CROSS JOIN bulk_members m INDEXED BY bulk_members_certificate
        ON m.organization = c.organization AND m.authority = c.authority AND m.serial = c.serial
        WHERE c.organization = ?1 AND c.device = ?2
      ) m CROSS JOIN bulk_acts a ON a.organization = m.organization AND a.id = m.act
      WHERE a.started_at IS NOT NULL AND m.refusal IS NULL AND m.position <= a.processed
      GROUP BY a.id ORDER BY a.started_at LIMIT 1000
      """, [organization, device], of: "bulk_members"
    ) { columns throws(StoreError) in try columns.identifier() }
  }
}

extension SQLiteWriter {
  func insert(_ act: BulkActRecord) throws {
    try execute(
      """
      INSERT INTO bulk_acts (\(BulkActRecord.columns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, try act.values)
  }

  func update(_ act: BulkActRecord) throws {
    let changed = try execute(
      """
      UPDATE bulk_acts SET (\(BulkActRecord.columns)) = (?1, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      WHERE id = ?1 AND organization = ?2
      """, try act.values)
    if changed == 0 { throw StoreError.missing("act") }
  }

  func choose(
    devices filter: DeviceFilter, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8]) {
    let body = DeviceQuery(filter, in: organization).body
    try run(
      selected: """
        INSERT INTO bulk_members (organization, act, position, device)
        SELECT ?, ?, row_number() OVER (), id FROM (SELECT devices.id FROM \(body.sql) LIMIT ?)
        """, [organization, id] + body.arguments + [most.saturatedSuccessor])
    return try chosen(for: id, in: organization)
  }

  func choose(
    certificates filter: CertificateFilter, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8]) {
    let body = CertificateQuery(filter, in: organization).body
    try run(
      selected: """
        INSERT INTO bulk_members (organization, act, position, authority, serial)
        SELECT ?, ?, row_number() OVER (), authority, serial
        FROM (SELECT certificates.authority, certificates.serial FROM \(body.sql) LIMIT ?)
        """, [organization, id] + body.arguments + [most.saturatedSuccessor])
    return try chosen(for: id, in: organization)
  }

  func choose(
    grants selection: Selection, upTo most: Int, for id: BulkActID, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8]) {
    let condition = GrantRecord.condition(selection)
    try run(
      selected: """
        INSERT INTO bulk_members (organization, act, position, grant_name)
        SELECT ?, ?, row_number() OVER (), name
        FROM (SELECT name FROM grants WHERE organization = ? AND \(condition.sql) ORDER BY name LIMIT ?)
        """, [organization, id, organization] + condition.arguments + [most.saturatedSuccessor])
    return try chosen(for: id, in: organization)
  }

  func choose(
    requests selection: Selection, upTo most: Int, for id: BulkActID, at now: Instant, in organization: OrganizationID
  ) throws -> (members: Int, digest: [UInt8]) {
    let condition = PendingRequestRecord.condition(selection)
    try run(
      selected: """
        INSERT INTO bulk_members (organization, act, position, request)
        SELECT ?, ?, row_number() OVER (), id
        FROM (
          SELECT id FROM pending_requests
          WHERE organization = ? AND state = 'pending' AND expires_at > ? AND \(condition.sql) ORDER BY id LIMIT ?)
        """, [organization, id, organization, now] + condition.arguments + [most.saturatedSuccessor])
    return try chosen(for: id, in: organization)
  }

  /// Read back in their order, a thousand at a time.
  private func chosen(for id: BulkActID, in organization: OrganizationID) throws -> (members: Int, digest: [UInt8]) {
    var (digest, members) = (SHA256(), 0)
    while true {
      let part = try bulkMembers(of: id, after: members, limit: 1000, in: organization)
      guard let last = part.last else { return (members, Array(digest.finalize())) }
      digest.update(data: Array(part.map { $0.name + "\n" }.joined().utf8))
      members = last.position
    }
  }

  func refuse(_ position: Int, of id: BulkActID, because reason: String, in organization: OrganizationID) throws {
    try execute(
      "UPDATE bulk_members SET refusal = ? WHERE organization = ? AND act = ? AND position = ?",
      [reason, organization, id, position])
  }

  @discardableResult
  func deleteBulkActs(preparedBefore instant: Instant, in organization: OrganizationID) throws -> Int {
    let old = """
      SELECT id FROM bulk_acts INDEXED BY bulk_acts_open
      WHERE organization = ? AND state = 'prepared' AND finished_at IS NULL AND created_at < ?
      """
    try execute(
      "DELETE FROM bulk_members WHERE organization = ? AND act IN (\(old))", [organization, organization, instant])
    return try execute(
      "DELETE FROM bulk_acts WHERE organization = ? AND id IN (\(old))", [organization, organization, instant])
  }
}

import AuditLog
import Credentials
import Registry
import WireFormats

/// What a restore did, for whoever asked.
public struct Restored: Sendable, Hashable {
  public let epoch: Int
  /// When the backup was made, and when it was restored: what happened between is lost.
  public let restoredFrom: Instant
  public let openedAt: Instant
  public let recoveryUntil: Instant
  /// Of the log, where a checkpoint told.
  public let entriesLost: UInt64?
  public let voidedSecrets: Int
  public let closedGrants: Int
  /// Revocations and holds that came from lists.
  public let revocations: Int
  /// Serials of the devices whose retirement was read from lists.
  public let retired: [String]
  /// Authorities whose list was left out on purpose: what they revoked since the backup is forgotten.
  public let leftOut: [String]
  /// Names of lists whose authority the backup does not know.
  public let passedOver: [String]
  /// Who may administer, or act in another role, from now on.
  public let administrators: [Administrator]

  public struct Administrator: Sendable, Hashable {
    public let name: String
    public let role: AdministratorRecord.Role
  }
}

/// The transaction that makes a restored store one that may serve (TRUST.md, Keys at rest).
struct Reopening: Sendable {
  let organization: OrganizationID
  let task: EpochTask
  let signature: [UInt8]
  let terms: RestoreTerms
  let knowsCheckpoint: Bool
  let user: String
  let now: Instant
  var approval: RootApproval?

  /// More lists than an installation publishes in the time since the backup was made, which is four a second at most.
  ///
  /// It grows with that time, so that of one backup restored twice the second begins behind all that the first
  /// published.
  private var jump: Int64 {
    let seconds = min(max((now - statement.restoredFrom).seconds, 0), 1 << 40)
    return (1 << 20) + seconds * 4
  }

  private var statement: EpochStatement { task.statement }

  func perform(in writer: any StoreWriter) throws -> Restored {
    try checkStatement(in: writer)
    let lists = try PublishedLists(terms, in: writer, of: organization, at: now)
    let lost = knowsCheckpoint ? statement.entriesLost : nil
    try writer.openAuditEpoch(statement.epoch, in: organization)
    try writer.insert(
      AuditEpochRecord(
        epoch: statement.epoch, beginsAt: statement.begins.size, statement: statement.text, signature: signature,
        authority: task.issuer.id, openedAt: statement.openedAt, restoredFrom: statement.restoredFrom,
        recoveryUntil: statement.recoveryUntil, entriesLost: lost), in: organization)
    let voided = try writer.voidEnrollmentSecrets(of: nil, at: now, in: organization)
    let closed = try writer.closeGrants(at: now, in: organization)
    // What was answered before tells of a state that is gone.
    try writer.deleteIdempotencyRecords(expiredBefore: .noExpiry, in: organization)
    try forgetRequests(in: writer)
    // How many a gateway was given since the backup, nobody knows: an administrator appoints it again.
    try writer.exhaustRegistrationAuthorities(in: organization)
    try jumpNumbers(past: lists, in: writer)
    var taking = ListTaking(organization: organization, epoch: statement.epoch, now: now)
    try taking.take(lists.published, in: writer)
    let restored = Restored(
      epoch: statement.epoch, restoredFrom: statement.restoredFrom, openedAt: statement.openedAt,
      recoveryUntil: statement.recoveryUntil, entriesLost: lost, voidedSecrets: voided, closedGrants: closed,
      revocations: taking.revocations, retired: taking.retired, leftOut: lists.leftOut.map(\.called),
      passedOver: lists.passedOver,
      administrators: try administrators(in: writer))
    try writer.append(entry(restored, lists), in: organization)
    return restored
  }

  /// Whom the store lets in, as `checkStanding` would.
  private func administrators(in writer: any StoreWriter) throws -> [Restored.Administrator] {
    try writer.administrators(in: organization).filter { record in
      guard record.removedAt == nil else { return false }
      guard let own = try writer.certificate(fingerprint: record.fingerprint, in: organization) else { return true }
      return own.status == .good && now <= own.notAfter
    }.map { Restored.Administrator(name: $0.name, role: $0.role) }
  }

  /// An approval may have been used since the backup, and an exchange gone on.
  private func forgetRequests(in writer: any StoreWriter) throws {
    try writer.deleteProtocolTransactions(expiredBefore: .noExpiry, in: organization)
    for request in try writer.pendingRequests(expiredAt: .noExpiry, limit: .max, in: organization) {
      try writer.deletePendingRequest(request.id, in: organization)
    }
  }

  /// The statement is of this very store, and its root is the store's.
  private func checkStatement(in writer: any StoreWriter) throws {
    let frontier = try writer.auditFrontier(in: organization)
    guard statement.organization == organization.rawValue, statement.begins.size == frontier.size,
      statement.begins.root == frontier.root
    else { throw Refusal(.conflict, "the statement is of another backup than this one") }
    let root = try writer.authorities(in: organization).first { $0.id == task.issuer.id }
    guard let root, root.purpose == .root, root.state == .active, root.certificate == task.issuer.certificate.encoded
    else { throw Refusal(.forbidden, "the statement is not signed by the root of this organization") }
  }

  private func jumpNumbers(past lists: PublishedLists, in writer: any StoreWriter) throws {
    let known = try writer.authorities(in: organization).map { ($0.id, $0.crlNumber) }
    for (authority, last) in known + lists.published.map({ ($0.authority.id, $0.number) }) {
      let number = last.addingReportingOverflow(jump)
      try writer.raiseCRLNumber(of: authority, to: number.overflow ? .max - 1 : number.partialValue, in: organization)
    }
  }

  private func entry(_ restored: Restored, _ lists: PublishedLists) -> AuditEntry {
    Actor.installation.entry(
      "installation.restore", subject: "organization:\(organization)", outcome: "ok", reason: nil,
      details: [
        "epoch": "\(restored.epoch)", "restored_from": "\(restored.restoredFrom)", "opened_at": "\(restored.openedAt)",
        "recovery_until": "\(restored.recoveryUntil)",
        "entries_lost": restored.entriesLost.map { "\($0)" } ?? "unknown",
        "last_checkpoint": "\(statement.lastEpoch)/\(statement.last.size)",
        "voided_secrets": "\(restored.voidedSecrets)", "closed_grants": "\(restored.closedGrants)",
        "revocations": "\(restored.revocations)", "retired": "\(restored.retired.count)",
        "lists": lists.used, "without_lists": restored.leftOut.joined(separator: ", "),
        "administrators": "\(restored.administrators.count)", "root": task.issuer.id.rawValue, "user": user,
      ].merging(approval?.details ?? [:]) { $1 }, door: .command, at: now)
  }
}

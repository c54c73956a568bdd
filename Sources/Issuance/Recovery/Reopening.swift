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
    try jumpNumbers(in: writer)
    var revocations = 0
    for list in terms.revocationLists { revocations += try take(list, in: writer) }
    let restored = Restored(
      epoch: statement.epoch, restoredFrom: statement.restoredFrom, openedAt: statement.openedAt,
      recoveryUntil: statement.recoveryUntil, entriesLost: lost, voidedSecrets: voided, closedGrants: closed,
      revocations: revocations)
    try writer.append(entry(restored), in: organization)
    return restored
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

  private func jumpNumbers(in writer: any StoreWriter) throws {
    let jump = jump
    for authority in try writer.authorities(in: organization) {
      let number = authority.crlNumber.addingReportingOverflow(jump)
      try writer.raiseCRLNumber(
        of: authority.id, to: number.overflow ? .max - 1 : number.partialValue, in: organization)
    }
  }

  /// A list counts only under the key of the authority that it names.
  private func take(_ octets: [UInt8], in writer: any StoreWriter) throws -> Int {
    guard let list = try? CertificateRevocationList(parsing: octets), let number = list.number else {
      throw Refusal(.badRequest, "a revocation list cannot be read")
    }
    let authority = try writer.authorities(in: organization).first { record in
      guard record.subject == list.issuer, let certificate = try? Certificate(parsing: record.certificate),
        let key = certificate.publicKey
      else { return false }
      return list.isSigned(by: key)
    }
    guard let authority else {
      throw Refusal(.badRequest, "a revocation list is not signed by an authority of this organization")
    }
    let raised = number.addingReportingOverflow(jump)
    if !raised.overflow { try writer.raiseCRLNumber(of: authority.id, to: raised.partialValue, in: organization) }
    try keepIfNewer(list, number, of: authority, in: writer)
    var count = 0
    for entry in list.entries where try take(entry, of: authority, in: writer) { count += 1 }
    return count
  }

  /// A root's list is made ahead, and nobody here could make it again.
  private func keepIfNewer(
    _ list: CertificateRevocationList, _ number: Int64, of authority: AuthorityRecord, in writer: any StoreWriter
  ) throws {
    guard authority.purpose == .root || authority.purpose == .successor, let nextUpdate = list.nextUpdate,
      number > (try writer.revocationList(of: authority.id, in: organization)?.number ?? 0)
    else { return }
    try writer.store(
      RevocationList(
        authority: authority.id, number: number, thisUpdate: list.thisUpdate, nextUpdate: nextUpdate,
        encoded: list.encoded), in: organization)
  }

  /// Whether the entry told something new. What the store holds against a certificate already stays.
  private func take(_ entry: CRLEntry, of authority: AuthorityRecord, in writer: any StoreWriter) throws -> Bool {
    guard entry.reason != .removeFromCRL else { return false }
    let isHold = entry.reason == .certificateHold
    guard let record = try writer.certificate(authority: authority.id, serial: entry.serial, in: organization) else {
      let revoked = RevokedCertificate(serial: entry.serial, revokedAt: entry.revokedAt, reason: entry.reason)
      guard try writer.recoveredRevocation(ofSerial: entry.serial, authority: authority.id, in: organization) != revoked
      else { return false }
      try writer.insertRecoveredRevocation(revoked, authority: authority.id, in: organization)
      return true
    }
    guard record.status == .good || (record.status == .held && !isHold) else { return false }
    try writer.setStatus(
      isHold ? .held : .revoked, revokedAt: entry.revokedAt, reason: entry.reason, ofSerial: entry.serial,
      authority: authority.id, in: organization)
    if isHold, let id = record.device { try suspend(id, at: entry.revokedAt, in: writer) }
    return true
  }

  /// A hold is what a suspension leaves on a list. Suspending too much is undone by `device resume`; too little by nobody.
  private func suspend(_ id: DeviceID, at instant: Instant, in writer: any StoreWriter) throws {
    guard var device = try writer.device(id, in: organization),
      device.state == .active || device.state == .registered
    else { return }
    device.state = .suspended
    device.stateReason = "on hold by the last revocation list before the restore"
    device.stateBy = Actor.installation.name
    device.stateAt = instant
    try writer.update(device)
  }

  private func entry(_ restored: Restored) -> AuditEntry {
    Actor.installation.entry(
      "installation.restore", subject: "organization:\(organization)", outcome: "ok", reason: nil,
      details: [
        "epoch": "\(restored.epoch)", "restored_from": "\(restored.restoredFrom)", "opened_at": "\(restored.openedAt)",
        "recovery_until": "\(restored.recoveryUntil)",
        "entries_lost": restored.entriesLost.map { "\($0)" } ?? "unknown",
        "last_checkpoint": "\(statement.lastEpoch)/\(statement.last.size)",
        "voided_secrets": "\(restored.voidedSecrets)", "closed_grants": "\(restored.closedGrants)",
        "revocations": "\(restored.revocations)", "root": task.issuer.id.rawValue, "user": user,
      ].merging(approval?.details ?? [:]) { $1 }, door: .command, at: now)
  }
}

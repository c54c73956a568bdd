import AuditLog
import Credentials
import Registry
import WireFormats

/// Takes from published lists what was revoked and held since the backup was made (TRUST.md, Keys at rest).
struct ListTaking {
  let organization: OrganizationID
  let epoch: Int
  let now: Instant
  /// Revocations and holds that were new.
  private(set) var revocations = 0
  /// Serials of the devices that the lists retired.
  private(set) var retired: [String] = []
  private var ended: Set<DeviceID> = []

  init(organization: OrganizationID, epoch: Int, now: Instant) {
    (self.organization, self.epoch, self.now) = (organization, epoch, now)
  }

  mutating func take(_ lists: [PublishedLists.Published], in writer: any StoreWriter) throws {
    for published in lists {
      try keepIfNewer(published, in: writer)
      for entry in published.list.entries where try take(entry, of: published.authority, in: writer) {
        revocations += 1
      }
    }
    for id in ended.sorted(by: { $0.rawValue < $1.rawValue }) { try retire(id, in: writer) }
  }

  /// A root's list is made ahead, and nobody here could make it again.
  private func keepIfNewer(_ published: PublishedLists.Published, in writer: any StoreWriter) throws {
    let (list, authority) = (published.list, published.authority)
    guard !authority.purpose.isIssuing, let nextUpdate = list.nextUpdate,
      published.number > (try writer.revocationList(of: authority.id, in: organization)?.number ?? 0)
    else { return }
    try writer.store(
      RevocationList(
        authority: authority.id, number: published.number, thisUpdate: list.thisUpdate, nextUpdate: nextUpdate,
        encoded: list.encoded), in: organization)
  }

  /// Whether the entry told something new. What the store holds against a certificate already stays.
  private mutating func take(
    _ entry: CRLEntry, of authority: AuthorityRecord, in writer: any StoreWriter
  ) throws -> Bool {
    guard entry.reason != .removeFromCRL else { return false }
    let isHold = entry.reason == .certificateHold
    if !authority.purpose.isIssuing, try revokeAuthority(entry, under: authority, in: writer) { return true }
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
    if entry.reason == .cessationOfOperation, let id = record.device { ended.insert(id) }
    if entry.reason == .privilegeWithdrawn { try removeAdministrator(record, at: entry.revokedAt, in: writer) }
    return true
  }

  /// What `authority revoke` leaves on a root's list. The root's next list is made from these records.
  private func revokeAuthority(
    _ entry: CRLEntry, under root: AuthorityRecord, in writer: any StoreWriter
  ) throws -> Bool {
    let authority = try writer.authorities(in: organization).first { record in
      record.parent == root.id && record.revokedAt == nil
        && (try? Certificate(parsing: record.certificate))?.serial == entry.serial
    }
    guard var authority else { return false }
    (authority.revokedAt, authority.revocationReason) = (entry.revokedAt, entry.reason ?? .unspecified)
    try writer.update(authority)
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

  /// What `admin remove` leaves on a list. The last one's record stays, whose certificate is refused all the same.
  private func removeAdministrator(
    _ record: CertificateRecord, at instant: Instant, in writer: any StoreWriter
  ) throws {
    guard let administrator = try writer.administrator(fingerprint: record.fingerprint, in: organization),
      administrator.removedAt == nil
    else { return }
    do {
      try writer.removeAdministrator(fingerprint: record.fingerprint, at: instant, in: organization)
    } catch StoreError.conflict {
      return
    }
  }

  /// A retirement leaves cessationOfOperation on every certificate of a device for which nothing graver stands.
  private mutating func retire(_ id: DeviceID, in writer: any StoreWriter) throws {
    guard let device = try writer.device(id, in: organization), device.state != .retired,
      let at = RestoredRetirement.moment(
        of: try writer.certificates(of: id, notExpiredAt: now, in: organization))
    else { return }
    try RestoredRetirement.retire(device, at: at, epoch: epoch, now: now, in: writer)
    retired.append(device.serial)
  }
}

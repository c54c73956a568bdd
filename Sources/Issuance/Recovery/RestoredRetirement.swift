import AuditLog
import Credentials
import Registry
import WireFormats

/// A retirement that only the lists of a restore tell of: every certificate that a device has is revoked, and at least
/// one because its operation ended.
///
/// It can be wrong, where certificates were revoked one by one: a good certificate of the lost window shows it.
enum RestoredRetirement {
  private static let reason = "every certificate ended by the last revocation lists before the restore"

  /// Nil when the certificates do not say that their device was retired.
  static func moment(of certificates: [CertificateRecord]) -> Instant? {
    guard certificates.allSatisfy({ $0.status == .revoked && $0.reason?.endsOperation == true }) else { return nil }
    return certificates.filter { $0.reason == .cessationOfOperation }.compactMap(\.revokedAt).max()
  }

  static func retire(
    _ old: DeviceRecord, at instant: Instant, epoch: Int, now: Instant, in writer: any StoreWriter
  ) throws {
    var device = old
    device.state = .retired
    device.stateReason = reason
    device.stateBy = Actor.installation.name
    device.stateAt = instant
    try writer.update(device)
    try record("device.retire", of: device, epoch: epoch, now: now, in: writer)
  }

  /// Whether a certificate of the lost window that is on no list shows that its device was not retired: no device gets
  /// one after its retirement, and those of before would stand on the list that told of it.
  static func isDisproved(
    by lost: LostCertificate, of device: DeviceRecord, with known: [CertificateRecord], now: Instant
  ) -> Bool {
    guard device.state == .retired, device.stateReason == reason, device.stateBy == Actor.installation.name,
      let at = device.stateAt
    else { return false }
    if lost.certificate.serial.issuedAt > at { return true }
    // A list leaves out what has expired.
    return now <= lost.certificate.notAfter
      && known.contains {
        $0.authority == lost.authority.id && $0.reason == .cessationOfOperation && $0.revokedAt == at
      }
  }

  static func undo(_ old: DeviceRecord, epoch: Int, now: Instant, in writer: any StoreWriter) throws -> DeviceRecord {
    var device = old
    device.state = .active
    device.stateReason = "a certificate of the lost window shows that it was not retired"
    device.stateBy = Actor.installation.name
    device.stateAt = now
    try writer.update(device)
    try record("device.resume", of: device, epoch: epoch, now: now, in: writer)
    return device
  }

  private static func record(
    _ act: String, of device: DeviceRecord, epoch: Int, now: Instant, in writer: any StoreWriter
  ) throws {
    try writer.append(
      Actor.installation.entry(
        act, subject: device.auditSubject, outcome: "ok", reason: device.stateReason,
        details: ["device": device.serial, "epoch": "\(epoch)"], door: .command, at: now), in: device.organization)
  }
}

extension RevocationReason {
  /// What `device retire` sets, or leaves because it says at least as much.
  fileprivate var endsOperation: Bool {
    switch self {
    case .unspecified, .affiliationChanged, .superseded, .certificateHold, .removeFromCRL: false
    case .keyCompromise, .cACompromise, .cessationOfOperation, .privilegeWithdrawn, .aACompromise: true
    }
  }
}

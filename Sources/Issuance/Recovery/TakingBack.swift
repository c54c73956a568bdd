import AuditLog
import Credentials
import Registry
import WireFormats

/// Takes a lost certificate back into the store, marked by its door, with the standing that the last CRL gave it.
///
/// A suspended or retired device's is not taken back. One that a CRL held or revoked comes back as such, so that an
/// operator sees it and can resume the device, and renews nothing.
struct TakingBack: Sendable {
  /// What the records of taken-back certificates say instead of a protocol.
  static let door = "recovery"

  let lost: LostCertificate
  let organization: OrganizationID
  let catalog: ProfileCatalog
  let now: Instant
  /// Through which door it was shown.
  let shownAt: Door
  let address: String

  private var certificate: Certificate { lost.certificate }

  func perform(in writer: any StoreWriter) throws {
    // Two requests at once: the first has done it.
    guard try writer.certificate(fingerprint: certificate.fingerprint, in: organization) == nil else { return }
    guard try writer.certificate(authority: lost.authority.id, serial: certificate.serial, in: organization) == nil
    else { throw Refusal(.unauthenticated, "the client certificate is not known here") }
    let revoked = try writer.recoveredRevocation(
      ofSerial: certificate.serial, authority: lost.authority.id, in: organization)
    let known = try device(in: writer).map { revoked == nil ? try standing(of: $0, in: writer) : $0 }
    if let known { try Decision.checkStanding(known, renewing: true) }
    let profile = try profile(for: known, in: writer)
    let device = try known ?? register(profile, in: writer)
    try checkKey(device, in: writer)
    try writer.insert(try record(device, profile, revoked))
    if let revoked {
      try stand(device, revoked, in: writer)
    } else {
      try writer.recordContact(
        of: device.id, at: now, door: shownAt.rawValue,
        renewalDueAt: profile.renewal.allowed ? certificate.notAfter - profile.renewal.window : nil,
        expiresAt: certificate.notAfter < Instant.noExpiry.wholeSecond ? certificate.notAfter : nil, in: organization)
    }
    try writer.append(entry(device, profile, revoked), in: organization)
  }

  /// Two manufacturers may use one serial, and the certificate does not say whose it is.
  private func device(in writer: any StoreWriter) throws -> DeviceRecord? {
    guard let serial = serial else { throw Refusal(.conflict, "the certificate names no device's serial") }
    let devices = try writer.devices(serial: serial, in: organization)
    guard devices.count < 2 else {
      throw Refusal(
        .conflict, "devices of several manufacturers have the serial of this lost certificate",
        hint: "an operator can invite the device again: touchmark device invite \(serial)")
    }
    return devices.first
  }

  /// IEEE 802.1AR §8.6 has it in serialNumber; a profile may put it into CN alone.
  private var serial: String? {
    [AttributeType.serialNumber, AttributeType.commonName].lazy.compactMap { certificate.subject.values(of: $0).first }
      .first(where: DeviceRecord.isValidSerial)
  }

  /// The profile is not in a certificate. It is one of the authority's: the device's own, else the one named like the
  /// authority, else the only one.
  private func profile(for device: DeviceRecord?, in writer: any StoreWriter) throws -> Profile {
    let candidates = try writer.profiles(in: organization).compactMap { try? catalog.prepare($0).profile }
      .filter { $0.authority == lost.authority.name && $0.keepsDevice }
    let usual = candidates.first { $0.name.rawValue == lost.authority.name.rawValue } ?? candidates.first
    guard let profile = candidates.first(where: { $0.name == device?.profile }) ?? usual else {
      throw Refusal(.conflict, "no profile issues under the authority of this lost certificate")
    }
    return profile
  }

  private func register(_ profile: Profile, in writer: any StoreWriter) throws -> DeviceRecord {
    guard let serial = serial else { throw Refusal(.conflict, "the certificate names no device's serial") }
    var random = SystemRandomNumberGenerator()
    let device = DeviceRecord(
      id: DeviceID(at: now, random: &random), organization: organization, manufacturer: "", serial: serial,
      kind: profile.kind, profile: profile.name, state: .registered, registeredAt: now,
      registeredBy: Self.principal(lost.epoch))
    try writer.insert(device)
    return device
  }

  /// TRUST.md, Subjects: a key certified for another subject, or revoked for compromise, is refused.
  private func checkKey(_ device: DeviceRecord, in writer: any StoreWriter) throws {
    guard let key = certificate.publicKey else { throw Refusal(.unauthenticated, "its key cannot be read") }
    for other in try writer.certificates(keyHash: key.keyHash, in: organization) {
      guard other.reason != .keyCompromise else { throw Refusal(.keyReuse, "this key was revoked as compromised") }
      guard other.device == device.id else { throw Refusal(.keyReuse, "this key is certified for another subject") }
    }
  }

  private func standing(of device: DeviceRecord, in writer: any StoreWriter) throws -> DeviceRecord {
    let known = try writer.certificates(of: device.id, notExpiredAt: nil, in: organization)
    guard RestoredRetirement.isDisproved(by: lost, of: device, with: known, now: now) else { return device }
    return try RestoredRetirement.undo(device, epoch: lost.epoch, now: now, in: writer)
  }

  /// What a list said of the certificate says something of its device.
  private func stand(_ device: DeviceRecord, _ revoked: RevokedCertificate, in writer: any StoreWriter) throws {
    if revoked.reason == .certificateHold { return try suspend(device, since: revoked, in: writer) }
    let all = try writer.certificates(of: device.id, notExpiredAt: now, in: organization)
    if revoked.reason == .cessationOfOperation, let at = RestoredRetirement.moment(of: all) {
      return try RestoredRetirement.retire(device, at: at, epoch: lost.epoch, now: now, in: writer)
    }
    guard device.state == .registered else { return }
    // It had a certificate, so that it is no new device: no grant lets it in.
    var device = device
    device.state = .active
    try writer.update(device)
  }

  /// What held it was the suspension of its device: `device resume` lifts both.
  private func suspend(_ device: DeviceRecord, since revoked: RevokedCertificate, in writer: any StoreWriter) throws {
    var device = device
    device.state = .suspended
    device.stateReason = "on hold by the last revocation list before the restore"
    device.stateBy = Actor.installation.name
    device.stateAt = revoked.revokedAt
    try writer.update(device)
  }

  private static func principal(_ epoch: Int) -> String { "recovery:epoch-\(epoch)" }

  private func record(
    _ device: DeviceRecord, _ profile: Profile, _ revoked: RevokedCertificate?
  ) throws -> CertificateRecord {
    guard let key = certificate.publicKey else { throw Refusal(.unauthenticated, "its key cannot be read") }
    let status: CertificateRecord.Status = revoked.map { $0.reason == .certificateHold ? .held : .revoked } ?? .good
    return CertificateRecord(
      organization: organization, authority: lost.authority.id, serial: certificate.serial, device: device.id,
      name: certificate.subject.description, profile: profile.name, profileVersion: profile.version,
      fingerprint: certificate.fingerprint, keyHash: key.keyHash, encoded: certificate.encoded,
      notBefore: certificate.notBefore, notAfter: certificate.notAfter, issuedAt: certificate.serial.issuedAt,
      door: Self.door, principal: Self.principal(lost.epoch), grant: nil, parentFingerprint: nil, keyOrigin: .software,
      purpose: lost.authority.purpose.rawValue, status: status, revokedAt: revoked?.revokedAt, reason: revoked?.reason)
  }

  private func entry(_ device: DeviceRecord, _ profile: Profile, _ revoked: RevokedCertificate?) -> AuditEntry {
    var details = [
      "serial_number": certificate.serial.description, "device": device.serial, "profile": "\(profile.name)",
      "authority": lost.authority.id.rawValue, "subject": certificate.subject.description,
      "fingerprint": Hex.encode(certificate.fingerprint), "epoch": "\(lost.epoch)", "address": address,
    ]
    details["standing"] = revoked.map { $0.reason == .certificateHold ? "held" : "revoked" }
    return AuditEntry(
      at: now, actor: Self.principal(lost.epoch), door: shownAt.rawValue, act: "certificate.take-back",
      subject: device.auditSubject, outcome: "ok", reason: nil, details: details)
  }
}

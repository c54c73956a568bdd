import Credentials
import Crypto
import Registry
import WireFormats

/// An authority's earlier books on their way into the store, within one transaction.
struct Books {
  let record: AuthorityRecord
  let issuer: Certificate
  private let key: SubjectPublicKeyInfo
  /// Nil where only revocations are taken over.
  private let profile: Profile?
  private let context: ActContext

  init(_ plan: CertificateImport, in context: ActContext) throws {
    try self.init(authority: plan.authority, profile: plan.profile, in: context)
  }

  init(authority: AuthorityID, profile name: String?, in context: ActContext) throws {
    guard let record = try context.writer.authority(authority, in: context.organization), record.purpose.isIssuing
    else { throw Refusal(.notFound, "no issuing authority has this identifier") }
    let issuer = try Certificate(parsing: record.certificate)
    guard let key = issuer.publicKey else { throw Refusal(.unavailable, "the authority's key cannot be read") }
    profile = try name.map { try Self.profile(named: $0, under: record, in: context) }
    (self.record, self.issuer, self.key, self.context) = (record, issuer, key, context)
  }

  private static func profile(
    named text: String, under authority: AuthorityRecord, in context: ActContext
  ) throws -> Profile {
    let name = try DeviceService.profile(named: text, in: context)
    guard let record = try context.writer.profile(name, in: context.organization),
      var profile = try? ProfileDocument.parse(record.document)
    else { throw Refusal(.unavailable, "the profile cannot be read") }
    profile.version = record.version
    guard profile.authority == authority.name, profile.keepsDevice else {
      throw Refusal(.conflict, "profile \(name) does not issue devices' certificates under this authority")
    }
    return profile
  }

  /// A refused line has written nothing: everything is checked before the first write.
  func take(_ line: ImportedCertificate, _ outcome: inout CertificateImportOutcome) throws(Refusal) {
    do {
      guard let encoded = line.certificate else { return try takeRevocation(line, &outcome) }
      let certificate = try checked(encoded, line)
      if let known = try context.writer.certificate(
        authority: record.id, serial: certificate.serial, in: context.organization)
      {
        return try takeAgain(line, known, certificate, &outcome)
      }
      try takeNew(line, certificate, &outcome)
    } catch {
      throw Refusal.from(error)
    }
  }

  private func checked(_ encoded: [UInt8], _ line: ImportedCertificate) throws -> Certificate {
    let certificate: Certificate
    do { certificate = try Certificate(parsing: encoded) } catch {
      throw Refusal(.badRequest, "the certificate cannot be read: \(error)")
    }
    guard certificate.issuer == issuer.subject, certificate.isSigned(by: key) else {
      throw Refusal(.badRequest, "the certificate was not issued by this authority")
    }
    guard line.serial == nil || line.serial == certificate.serial else {
      throw Refusal(.badRequest, "the certificate has another serial number than its line says")
    }
    return certificate
  }

  /// RFC 5280 §4.1.2.2: a serial number is an authority's once.
  private func takeAgain(
    _ line: ImportedCertificate, _ known: CertificateRecord, _ certificate: Certificate,
    _ outcome: inout CertificateImportOutcome
  ) throws {
    guard known.encoded == certificate.encoded else {
      throw Refusal(.conflict, "serial number \(certificate.serial) belongs to another certificate of this authority")
    }
    guard let revokedAt = line.revokedAt, try revoke(known.serial, at: revokedAt, reason: line.reason) else {
      outcome.unchanged += 1
      return
    }
    outcome.revoked += 1
  }

  /// Who is revoked stays so, whether anybody has the certificate or not.
  private func takeRevocation(_ line: ImportedCertificate, _ outcome: inout CertificateImportOutcome) throws {
    guard let serial = line.serial else { throw Refusal(.badRequest, "there is neither certificate nor serial number") }
    guard let revokedAt = line.revokedAt else {
      throw Refusal(.notFound, "the certificate itself is missing, so that it cannot renew here")
    }
    if try revoke(serial, at: revokedAt, reason: line.reason) { outcome.revoked += 1 } else { outcome.unchanged += 1 }
  }

  /// Whether that is news. Nothing that is revoked here becomes less so.
  func revoke(_ serial: SerialNumber, at instant: Instant, reason: RevocationReason?) throws -> Bool {
    if let known = try context.writer.certificate(
      authority: record.id, serial: serial, in: context.organization)
    {
      guard known.status == .good else { return false }
      try context.writer.setStatus(
        Self.status(reason), revokedAt: instant, reason: reason, ofSerial: serial, authority: record.id,
        in: context.organization)
      return true
    }
    guard
      try context.writer.recoveredRevocation(
        ofSerial: serial, authority: record.id, in: context.organization) == nil
    else { return false }
    try context.writer.insertRecoveredRevocation(
      RevokedCertificate(serial: serial, revokedAt: instant, reason: reason), authority: record.id,
      in: context.organization)
    return true
  }

  static func status(_ reason: RevocationReason?) -> CertificateRecord.Status {
    reason == .certificateHold ? .held : .revoked
  }

  private func takeNew(
    _ line: ImportedCertificate, _ certificate: Certificate, _ outcome: inout CertificateImportOutcome
  ) throws {
    guard let profile else { throw Refusal(.unavailable, "no profile was named") }
    let serial = Self.deviceSerial(of: certificate)
    try checkKey(of: certificate, device: serial)
    let earlier = try context.writer.recoveredRevocation(
      ofSerial: certificate.serial, authority: record.id, in: context.organization)
    let revocation =
      line.revokedAt.map { RevokedCertificate(serial: certificate.serial, revokedAt: $0, reason: line.reason) }
      ?? earlier
    let device = try serial.map { try self.device($0, profile, certificate, &outcome) }
    try context.writer.insert(recordValue(certificate, device, profile, revocation))
    outcome.added += 1
    if revocation != nil { outcome.revoked += 1 }
    try context.record(
      "certificate.import", subject: device?.auditSubject ?? "certificate:\(certificate.serial)",
      details: [
        "authority": record.id.rawValue, "serial_number": "\(certificate.serial)", "subject": "\(certificate.subject)",
        "not_after": "\(certificate.notAfter)", "status": revocation.map { Self.status($0.reason).rawValue } ?? "good",
      ])
  }

  /// What the subject calls the device; nil for an authority's certificate, and for a name that can be no serial.
  private static func deviceSerial(of certificate: Certificate) -> String? {
    guard !certificate.isAuthority else { return nil }
    let named =
      certificate.subject.values(of: AttributeType.serialNumber).first
      ?? certificate.subject.values(of: AttributeType.commonName).first
    return named.flatMap { DeviceRecord.isValidSerial($0) ? $0 : nil }
  }

  /// TRUST.md, Subjects: one key, one subject.
  private func checkKey(of certificate: Certificate, device serial: String?) throws {
    let device = try serial.flatMap {
      try context.writer.device(serial: $0, manufacturer: "", in: context.organization)
    }
    let hash = Self.keyHash(of: certificate)
    for other in try context.writer.certificates(keyHash: hash, in: context.organization) {
      let isSame = device.map { other.device == $0.id } ?? (other.name == "\(certificate.subject)")
      guard isSame else { throw Refusal(.keyReuse, "its key is certified for another subject") }
    }
  }

  private static func keyHash(of certificate: Certificate) -> [UInt8] {
    Array(SHA256.hash(data: certificate.subjectPublicKeyInfo))
  }

  private func device(
    _ serial: String, _ profile: Profile, _ certificate: Certificate, _ outcome: inout CertificateImportOutcome
  ) throws -> DeviceRecord {
    let due = profile.renewal.allowed ? certificate.notAfter - profile.renewal.window : nil
    let end = certificate.notAfter < Instant.noExpiry.wholeSecond ? certificate.notAfter : nil
    if var known = try context.writer.device(serial: serial, manufacturer: "", in: context.organization) {
      if known.state == .registered { known.state = .active }
      // The latest certificate is the one that it uses.
      if let due, known.renewalDueAt.map({ $0 < due }) ?? true { known.renewalDueAt = due }
      if let end, known.expiresAt.map({ $0 < end }) ?? true { known.expiresAt = end }
      try context.writer.update(known)
      return known
    }
    var random = SystemRandomNumberGenerator()
    let device = DeviceRecord(
      id: DeviceID(at: context.now, random: &random), organization: context.organization, serial: serial,
      kind: profile.kind, profile: profile.name, state: .active, registeredAt: context.now,
      registeredBy: context.actor.name, renewalDueAt: due, expiresAt: end)
    try context.writer.insert(device)
    outcome.devices += 1
    return device
  }

  private func recordValue(
    _ certificate: Certificate, _ device: DeviceRecord?, _ profile: Profile, _ revocation: RevokedCertificate?
  ) -> CertificateRecord {
    CertificateRecord(
      organization: context.organization, authority: record.id, serial: certificate.serial, device: device?.id,
      name: "\(certificate.subject)",
      profile: device == nil ? CertificateImport.other ?? profile.name : profile.name,
      profileVersion: device == nil ? 0 : profile.version, fingerprint: certificate.fingerprint,
      keyHash: Self.keyHash(of: certificate), encoded: certificate.encoded, notBefore: certificate.notBefore,
      notAfter: certificate.notAfter, issuedAt: certificate.notBefore, door: Self.door,
      principal: "\(context.actor.role.rawValue):\(context.actor.name)", purpose: record.purpose.rawValue,
      status: revocation.map { Self.status($0.reason) } ?? .good, revokedAt: revocation?.revokedAt,
      reason: revocation?.reason)
  }

  /// As the door of a record says that it was not issued here.
  static let door = "import"
}

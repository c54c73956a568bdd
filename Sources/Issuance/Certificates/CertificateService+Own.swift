import AuditLog
import Credentials
import Registry
import WireFormats

/// Who asks at a device's door that a certificate be revoked, as the door proved it.
public enum Revoker: Sendable {
  /// Whoever holds the key of this certificate of ours (SHA-256 of it): it and its device's others.
  case certificate(fingerprint: [UInt8])
  /// A registration authority, by its record: what it enrolled.
  case registrationAuthority(Actor)
  /// Whoever was just given the certificate and does not take it.
  case recipient
}

/// Which certificate is meant.
public enum CertificateReference: Sendable {
  /// Issuer (Name, DER) and serial number.
  case issued(by: [UInt8], SerialNumber)
  case fingerprint([UInt8])
}

/// What a door needs of revocation.
public protocol OwnRevoking: Sendable {
  /// - Throws: `.revoked` where it is revoked already, `.notFound` also for another's, so that nothing is learned.
  func revokeOwn(
    _ reference: CertificateReference, reason: RevocationReason, by revoker: Revoker, door: Door, address: String
  ) async throws(Refusal)
}

extension CertificateService: OwnRevoking {
  /// Reasons that a device may give. A hold is an operator's.
  private static let ownReasons: [RevocationReason] = reasons

  public func revokeOwn(
    _ reference: CertificateReference, reason: RevocationReason, by revoker: Revoker, door: Door, address: String
  ) async throws(Refusal) {
    guard Self.ownReasons.contains(reason) else {
      throw Refusal(.badRequest, "'\(reason.name)' is not a reason that a device may give")
    }
    let (organization, time) = (organization, now())
    do {
      try await store.write { writer in
        guard let record = try Self.find(reference, in: writer, of: organization) else { throw Self.notOwn }
        let actor = try Self.actor(revoker, of: record, in: writer, at: time)
        guard record.status != .revoked else { throw Refusal(.revoked, "the certificate is revoked already") }
        try writer.setStatus(
          .revoked, revokedAt: time, reason: reason, ofSerial: record.serial, authority: record.authority,
          in: organization)
        try writer.append(
          AuditEntry(
            at: time, actor: actor, door: door.rawValue, act: "certificate.revoke",
            subject: record.device.map { "device:\($0.rawValue)" } ?? "certificate:\(record.serial)", outcome: "ok",
            reason: nil,
            details: ["serial_number": record.serial.description, "reason": reason.name, "address": address]),
          in: organization)
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  private static let notOwn = Refusal(.notFound, "this is no certificate of yours")

  private static func find(
    _ reference: CertificateReference, in reader: any StoreReader, of organization: OrganizationID
  ) throws -> CertificateRecord? {
    switch reference {
    case .fingerprint(let fingerprint): return try reader.certificate(fingerprint: fingerprint, in: organization)
    case .issued(let issuer, let serial):
      return try reader.certificates(serial: serial, in: organization).first {
        (try? Certificate(parsing: $0.encoded))?.issuer.encoded == issuer
      }
    }
  }

  /// Who it is in the log's words; refuses whoever it does not belong to.
  private static func actor(
    _ revoker: Revoker, of record: CertificateRecord, in reader: any StoreReader, at time: Instant
  ) throws -> String {
    // The installation's own certificates are an administrator's to revoke.
    guard !record.isInstallations else { throw notOwn }
    switch revoker {
    case .certificate(let fingerprint):
      try checkStanding(of: record, in: reader)
      guard let shown = try reader.certificate(fingerprint: fingerprint, in: record.organization) else { throw notOwn }
      // A revoked certificate, or one on hold, does nothing more.
      guard shown.status == .good else {
        throw Refusal(
          shown.status == .held ? .suspended : .revoked, "the certificate that signed is not in good standing")
      }
      let isOwn = shown.fingerprint == record.fingerprint || (shown.device != nil && shown.device == record.device)
      guard isOwn else { throw notOwn }
      // An expired certificate renews in its grace, and does nothing else. An old key is no way to end the present one.
      guard time <= shown.notAfter else { throw Refusal(.expired, "the certificate that signed has expired") }
      return "certificate:\(shown.serial)"
    case .registrationAuthority(let actor):
      try actor.checkStanding(in: reader, of: record.organization, at: time)
      let name = "\(actor.role.rawValue):\(actor.name)"
      guard record.principal == name else { throw notOwn }
      return name
    case .recipient:
      try checkStanding(of: record, in: reader)
      guard record.status != .held else { throw Refusal(.suspended, "the certificate is on hold") }
      return record.principal
    }
  }

  /// A device that is suspended or retired does nothing at any door; what is on hold is the operator's to end.
  private static func checkStanding(of record: CertificateRecord, in reader: any StoreReader) throws {
    guard let device = try record.device.flatMap({ try reader.device($0, in: record.organization) }) else { return }
    try Decision.checkStanding(device, renewing: false)
  }
}

import AuditLog
import Credentials
import Registry
import WireFormats

/// Acts on certificates after they were issued.
public struct CertificateService: Sendable {
  let store: any Store
  let organization: OrganizationID
  let now: Clock

  public init(store: any Store, organization: OrganizationID, clock: @escaping Clock) {
    self.store = store
    self.organization = organization
    now = clock
  }

  /// Reasons that an operator may give for one certificate (RFC 5280 §5.3.1). A hold is the device's suspension.
  public static let reasons: [RevocationReason] = [
    .unspecified, .keyCompromise, .affiliationChanged, .superseded, .cessationOfOperation, .privilegeWithdrawn,
  ]

  /// Revokes for good. Revoking again is harmless; only a graver reason (keyCompromise) changes what stands.
  public func revoke(
    serial: SerialNumber, authority: AuthorityID?, reason: RevocationReason, by actor: Actor
  ) async throws(Refusal) -> CertificateRecord {
    guard Self.reasons.contains(reason) else {
      throw Refusal(
        .badRequest, "'\(reason.name)' is not a reason for one certificate",
        hint: "reasons are " + Self.reasons.map(\.name).joined(separator: ", "))
    }
    let organization = organization
    let time = now()
    do {
      return try await store.write { writer in
        try actor.checkStanding(in: writer, of: organization, at: time)
        let found = try writer.certificates(serial: serial, in: organization)
          .filter { authority == nil || $0.authority == authority }
        guard let record = found.first else { throw Refusal(.notFound, "no certificate has this serial number") }
        guard try Self.revoke(record, reason: reason, by: actor, at: time, in: writer) else { return record }
        try writer.append(Self.entry(record, reason: reason, by: actor, at: time), in: organization)
        return try writer.certificate(authority: record.authority, serial: serial, in: organization) ?? record
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  /// Without the audit entry; false when it is revoked already, as gravely. A refusal has written nothing.
  static func revoke(
    _ record: CertificateRecord, reason: RevocationReason, by actor: Actor, at time: Instant, in writer: any StoreWriter
  ) throws -> Bool {
    try checkRight(of: actor, to: record)
    try checkNotLast(record, reader: writer, at: time)
    guard record.status != .revoked || (reason == .keyCompromise && record.reason != .keyCompromise) else {
      return false
    }
    try writer.setStatus(
      .revoked, revokedAt: record.revokedAt ?? time, reason: reason, ofSerial: record.serial,
      authority: record.authority, in: record.organization)
    return true
  }

  /// The installation's own certificates are administrators', the server's and responders': an operator who could
  /// revoke them could take an administrator's place, or the service down.
  private static func checkRight(of actor: Actor, to record: CertificateRecord) throws {
    guard !record.isInstallations || actor.role == .administrator else {
      throw Refusal(
        .forbidden, "the role \(actor.role.rawValue) may not revoke the installation's own certificates",
        hint: "roles that may: administrator")
    }
  }

  /// The last administrator cannot be locked out through its certificate either. Those who are locked out already do
  /// not count.
  private static func checkNotLast(_ record: CertificateRecord, reader: any StoreReader, at time: Instant) throws {
    let able = try reader.administrators(in: record.organization).filter { administrator in
      guard administrator.removedAt == nil, administrator.role == .administrator else { return false }
      let own = try reader.certificate(fingerprint: administrator.fingerprint, in: record.organization)
      return own.map { $0.status == .good && $0.notBefore <= time && time <= $0.notAfter } ?? false
    }
    guard able.map(\.fingerprint) != [record.fingerprint] else {
      throw Refusal(.conflict, "this is the last administrator's certificate")
    }
  }

  private static func entry(
    _ record: CertificateRecord, reason: RevocationReason, by actor: Actor, at time: Instant
  ) -> AuditEntry {
    var details = ["serial_number": record.serial.description, "reason": reason.name]
    if record.saysNoRevocation { details["verifiers_accept"] = record.livesOn }
    return AuditEntry(
      at: time, actor: "\(actor.role.rawValue):\(actor.name)", door: Door.rest.rawValue, act: "certificate.revoke",
      subject: record.device.map { "device:\($0.rawValue)" } ?? "certificate:\(record.serial)", outcome: "ok",
      reason: nil, details: details)
  }
}

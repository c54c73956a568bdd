import Credentials
import Registry
import WireFormats

extension AdministratorAppointment {
  /// Ends somebody's right to administer: all of the person's certificates, or the one with this SHA-256. The next
  /// request is refused, on open connections too; the certificates are revoked besides, for whoever else trusts them.
  ///
  /// Throws `conflict` where nobody would be left who can administer.
  public static func removal(
    of name: String, fingerprint: [UInt8]? = nil, reason: String? = nil
  ) -> AdministrativeAct<[AdministratorRecord]> {
    AdministrativeAct("admin.remove", on: "admin:\(name)") { context in
      try RecordText.checkReason(reason)
      let leaving = try context.writer.administrators(in: context.organization).filter {
        $0.name == name && $0.removedAt == nil && (fingerprint == nil || $0.fingerprint == fingerprint)
      }
      guard !leaving.isEmpty else { throw Refusal(.notFound, "no administrator has this name") }
      try checkSomebodyStays(without: leaving, in: context)
      for record in leaving { try remove(record, reason: reason, in: context) }
      return leaving.map { record in
        var removed = record
        removed.removedAt = context.now
        return removed
      }
    }
  }

  private static func remove(_ record: AdministratorRecord, reason: String?, in context: ActContext) throws {
    try context.writer.removeAdministrator(
      fingerprint: record.fingerprint, at: context.now, in: context.organization)
    if let certificate = try context.writer.certificate(fingerprint: record.fingerprint, in: context.organization),
      certificate.status != .revoked
    {
      try context.writer.setStatus(
        .revoked, revokedAt: context.now, reason: .privilegeWithdrawn, ofSerial: certificate.serial,
        authority: certificate.authority, in: context.organization)
    }
    try context.record("admin.remove", subject: record.auditSubject, reason: reason, details: record.details)
  }

  /// Those who are locked out already, by their certificate's end or standing, do not count.
  private static func checkSomebodyStays(without leaving: [AdministratorRecord], in context: ActContext) throws {
    guard leaving.contains(where: { $0.role == .administrator }) else { return }
    let leavingPrints = Set(leaving.map(\.fingerprint))
    let stays = try context.writer.administrators(in: context.organization).contains { record in
      guard record.removedAt == nil, record.role == .administrator, !leavingPrints.contains(record.fingerprint) else {
        return false
      }
      let own = try context.writer.certificate(fingerprint: record.fingerprint, in: context.organization)
      return own.map { $0.status == .good && $0.notBefore <= context.now && context.now <= $0.notAfter } ?? true
    }
    guard stays else {
      throw Refusal(
        .conflict, "this is the last administrator", hint: "add another first: touchmark admin add NAME --out PATH")
    }
  }
}

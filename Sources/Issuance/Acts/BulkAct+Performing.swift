import Registry

extension BulkAct {
  /// Does it to one member, without an entry in the log; returns the certificates that it held or revoked. Throws
  /// `Refusal`, which has written nothing, or `StoreError`.
  func perform(on member: BulkMember, in context: ActContext) throws -> [CertificateRecord] {
    switch member.subject {
    case .device(let id):
      guard let device = try context.writer.device(id, in: context.organization) else {
        throw Refusal(.notFound, "the device is gone")
      }
      return try perform(on: device, in: context)
    case .certificate(let authority, let serial):
      let record = try context.writer.certificate(authority: authority, serial: serial, in: context.organization)
      guard let record, case .revoke(let reason) = self else { throw Refusal(.notFound, "the certificate is gone") }
      // A selection by authority or by date finds them too, and means devices'.
      guard !record.isInstallations else {
        throw Refusal(
          .conflict, "this is the installation's own certificate",
          hint: "name it alone: touchmark certificate revoke SERIAL")
      }
      let isDone = try CertificateService.revoke(
        record, reason: reason, by: context.actor, at: context.now, in: context.writer)
      guard isDone else { throw Refusal(.conflict, "the certificate is revoked already") }
      return [record]
    case .grant(let name):
      guard case .revokeGrants = self else { throw Refusal(.badRequest, "a grant can only be revoked") }
      _ = try GrantService.close(name, in: context)
      return []
    case .request(let id):
      _ = try RequestService.decide(id.rawValue, as: try decision, reason: parameters["reason"], in: context)
      return []
    }
  }

  private var decision: PendingRequestRecord.State {
    get throws {
      switch self {
      case .approve: .approved
      case .deny: .denied
      default: throw Refusal(.badRequest, "a request can only be approved or denied")
      }
    }
  }

  private func perform(on device: DeviceRecord, in context: ActContext) throws -> [CertificateRecord] {
    switch self {
    case .suspend(let reason): return try DeviceService.suspend(device, reason: reason, in: context).held
    case .resume(let reason): _ = try DeviceService.resume(device, reason: reason, in: context)
    case .retire(let reason): return try DeviceService.retire(device, reason: reason, in: context).revoked
    case .move(let profile, _):
      _ = try DeviceService.move(device, to: try DeviceService.profile(named: profile, in: context), in: context)
    case .label(let change): _ = try DeviceService.label(device, change, in: context)
    case .readmit(let span, _): _ = try DeviceService.readmit(device, for: span, in: context)
    case .invite: throw Refusal(.badRequest, "an invitation is fetched by whoever asked for it")
    case .revoke, .revokeGrants, .approve, .deny:
      throw Refusal(.badRequest, "a device is not revoked, but its certificates are")
    }
    return []
  }
}

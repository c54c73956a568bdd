import Credentials
import Registry
import WireFormats

/// A checked answer on its way into the store. Everything that may have changed since it was asked for is looked at
/// again here, inside the transaction.
struct Installation: Sendable {
  let request: RootRequest
  let parts: [CheckedPart]
  /// Of a renewal.
  var handover: AuthorityHandover?
  /// Of an addition.
  var fresh: FreshAuthority?
  /// Kept with the entry of the act.
  var approval: RootApproval?

  func apply(in context: ActContext) throws -> InstalledAnswer {
    let view = try RolloverView(context.writer, of: context.organization)
    switch request.act {
    case .addAuthority: return try add(view, in: context)
    case .renewAuthority: return try renew(view, in: context)
    case .revokeAuthority: return try revoke(view, in: context)
    case .publishList: return try publish(view, in: context)
    case .succeedRoot: return try succeed(view, in: context)
    case .exportRoot:
      throw Refusal(.conflict, "a root is exported by touchmark root export, which takes the approval itself")
    case .foundAuthorities:
      throw Refusal(.conflict, "the first authorities are installed by touchmark authority ceremony install")
    case .openEpoch:
      throw Refusal(.conflict, "an epoch of the log is opened by touchmark restore, which takes the answer itself")
    }
  }

  private func renew(_ view: RolloverView, in context: ActContext) throws -> InstalledAnswer {
    let old = try view.active(request.subject)
    guard let handover, case .certificate(let task, _)? = parts.first, try view.root().id == task.issuer.id else {
      throw Refusal(.conflict, "another root has followed since this was asked for", hint: "ask for it again")
    }
    let fresh = try handover.insert(under: task.issuer.id, in: context)
    let told = ["replaces": old.id.rawValue, "old_key": handover.newWithOld == nil ? "lost" : "kept"]
    try record("authority.renew", fresh.id, in: context, handover.fresh.details.merging(told) { $1 })
    return answer(fresh.id)
  }

  private func revoke(_ view: RolloverView, in context: ActContext) throws -> InstalledAnswer {
    guard let reason = request.reason else { throw Refusal(.badRequest, "the request states no reason") }
    var record = try view.record(request.subject)
    record.revokedAt = request.askedAt
    record.revocationReason = reason
    let revoked = view.revoking(record.id, at: request.askedAt, reason: reason)
    try context.writer.update(record)
    try store(lists: revoked, in: context)
    try self.record("authority.revoke", record.id, in: context, ["reason": reason.name])
    return answer(record.id)
  }

  private func publish(_ view: RolloverView, in context: ActContext) throws -> InstalledAnswer {
    try store(lists: view, in: context)
    try record("crl.publish", request.subject, in: context, [:])
    return answer(request.subject)
  }

  /// A list that was asked for before another revocation would take that one back.
  private func store(lists view: RolloverView, in context: ActContext) throws {
    for case .list(let task, let list) in parts {
      guard task.entries == view.revokedEntries(of: task.issuer.id) else {
        throw Refusal(.conflict, "another authority was revoked since this was asked for", hint: "ask for it again")
      }
      try context.writer.store(
        RevocationList(
          authority: task.issuer.id, number: task.number, thisUpdate: list.thisUpdate, nextUpdate: task.nextUpdate,
          encoded: list.encoded), in: context.organization)
    }
  }

  func record(
    _ act: String, _ authority: AuthorityID, in context: ActContext, _ details: [String: String]
  ) throws {
    var details = details.merging(approval?.details ?? [:]) { $1 }
    details["request"] = request.id.rawValue
    try context.record(act, subject: "authority:\(authority)", details: details)
  }

  func answer(_ authority: AuthorityID) -> InstalledAnswer {
    InstalledAnswer(request: request.id, act: request.act, authority: authority)
  }
}

/// Root succession.
extension Installation {
  private func succeed(_ view: RolloverView, in context: ActContext) throws -> InstalledAnswer {
    var (old, next) = (try view.root(), try view.successor())
    guard next.id == request.subject else {
      throw Refusal(.conflict, "another root has followed since this was asked for", hint: "ask for it again")
    }
    try moveAuthorities(from: old, to: next, view, in: context)
    if request.reason == .keyCompromise {
      (old.revokedAt, old.revocationReason) = (request.askedAt, .keyCompromise)
    }
    old.state = .retired
    (next.purpose, next.state) = (.root, .active)
    try context.writer.update(old)
    try context.writer.update(next)
    try store(lists: try RolloverView(context.writer, of: context.organization), in: context)
    let waiting = try storeFounded(in: context)
    try record(
      "root.succeed", next.id, in: context,
      [
        "replaces": old.id.rawValue, "successor": waiting.map(\.rawValue).joined(separator: " "),
        "reason": request.reason?.name ?? "", "fingerprint": Hex.encode(Fingerprint.of(next.certificate)),
      ])
    return answer(next.id)
  }

  private func moveAuthorities(
    from old: AuthorityRecord, to next: AuthorityRecord, _ view: RolloverView, in context: ActContext
  ) throws {
    var moved: Set<AuthorityID> = []
    for case .certificate(let task, let certificate) in parts {
      if let kind = RolloverCertificate.Kind(task.kind) {
        try context.writer.insert(road(kind, task.subject, by: task.issuer.id, certificate, in: context))
        continue
      }
      var record = try view.record(task.subject)
      let earlier = try Certificate(parsing: record.certificate)
      try context.writer.insert(road(.earlier, record.id, by: old.id, earlier, in: context))
      (record.certificate, record.notAfter, record.parent) = (certificate.encoded, certificate.notAfter, next.id)
      try context.writer.update(record)
      moved.insert(record.id)
    }
    // One that was made since would hang on the old root alone.
    let isLeft = view.records.contains {
      $0.purpose.isIssuing && $0.state == .active && $0.parent == old.id && !moved.contains($0.id)
    }
    guard !isLeft else {
      throw Refusal(.conflict, "an authority was renewed since this was asked for", hint: "ask for it again")
    }
  }

  private func storeFounded(in context: ActContext) throws -> [AuthorityID] {
    var founded: [AuthorityID] = []
    for case .founded(let task, let root, let newWithOld, let list) in parts {
      try context.writer.insert(
        AuthorityRecord(
          id: task.id, organization: context.organization, purpose: .successor, parent: nil,
          subject: root.subject.encoded, certificate: root.encoded, keyName: task.id.rawValue, state: .standby,
          crlNumber: 0, notAfter: root.notAfter, createdAt: context.now))
      try context.writer.insert(road(.newWithOld, task.id, by: task.issuer.id, newWithOld, in: context))
      _ = try context.writer.takeCRLNumber(of: task.id, in: context.organization)
      try context.writer.store(
        RevocationList(
          authority: task.id, number: 1, thisUpdate: list.thisUpdate, nextUpdate: task.nextUpdate,
          encoded: list.encoded), in: context.organization)
      founded.append(task.id)
    }
    return founded
  }

  private func road(
    _ kind: RolloverCertificate.Kind, _ subject: AuthorityID, by issuer: AuthorityID, _ certificate: Certificate,
    in context: ActContext
  ) -> RolloverCertificate {
    RolloverCertificate(
      organization: context.organization, subject: subject, issuer: issuer, kind: kind,
      certificate: certificate.encoded, notAfter: certificate.notAfter, createdAt: context.now)
  }
}

extension RolloverCertificate.Kind {
  /// Nil for a certificate that an authority uses itself.
  fileprivate init?(_ kind: CertifyTask.Kind) {
    switch kind {
    case .authority: return nil
    case .newWithOld: self = .newWithOld
    case .oldWithNew: self = .oldWithNew
    }
  }
}

import Credentials
import Registry
import WireFormats

/// A checked certificate of somebody else's on its way into the store. What may have changed since is looked at again
/// here, inside the transaction.
struct ForeignInstallation: Sendable {
  let asked: AuthorityRequestRecord
  let given: ForeignCertification
  let fresh: FreshAuthority
  /// Of a renewal.
  let handover: AuthorityHandover?

  func apply(in context: ActContext) throws -> AuthorityRecord {
    try context.writer.installAuthorityRequest(asked.id, at: context.now, in: context.organization)
    let view = try RolloverView(context.writer, of: context.organization)
    try checkDisjoint(view, in: context)
    let record: AuthorityRecord
    if let handover, let replaced = asked.replaces {
      _ = try view.active(replaced)
      record = try handover.insert(under: try parent(view, in: context), in: context)
    } else {
      try view.checkFree(asked.name, subject: given.certificate.subject, at: context.now)
      record = try fresh.insert(under: try parent(view, in: context), in: context)
    }
    var details = fresh.details
    details["replaces"] = asked.replaces?.rawValue
    details["root"] = given.above.last.map { "\($0.subject)" }
    details["root_fingerprint"] = given.above.last.map { Hex.encode($0.fingerprint) }
    try context.record("authority.install", subject: "authority:\(record.id)", details: details)
    return record
  }

  /// TRUST.md, Authorities: what vouches for manufacturers, and what is our own, is nobody else's.
  private func checkDisjoint(_ view: RolloverView, in context: ActContext) throws {
    for own in view.records where own.purpose != .foreign {
      let known = try Certificate(parsing: own.certificate)
      for issuer in given.above
      where known.subjectPublicKeyInfo == issuer.subjectPublicKeyInfo || known.subject == issuer.subject {
        throw Refusal(
          .conflict, "\(issuer.subject) has name or key of this organization's own \(own.id)",
          hint: "under one's own root: touchmark authority add NAME, without --external")
      }
    }
    for anchor in try context.writer.trustAnchors(in: context.organization) {
      let known = try Certificate(parsing: anchor.certificate)
      for issuer in given.above where known.subjectPublicKeyInfo == issuer.subjectPublicKeyInfo {
        throw Refusal(
          .conflict, "\(issuer.subject) is trusted here as the manufacturer's \(anchor.name)",
          hint: "it cannot be both: touchmark trust remove \(anchor.name)")
      }
    }
  }

  /// The records of those above, made where they are not there yet; that of the issuer.
  private func parent(_ view: RolloverView, in context: ActContext) throws -> AuthorityID {
    var parent: AuthorityID?
    for certificate in given.above.reversed() {
      let known = view.records.first {
        $0.purpose == .foreign && $0.certificate == certificate.encoded && $0.parent == parent
      }
      parent = try known?.id ?? insert(certificate, under: parent, in: context)
    }
    guard let parent else { throw Refusal(.badRequest, "the certificate has no issuer") }
    return parent
  }

  private func insert(
    _ certificate: Certificate, under parent: AuthorityID?, in context: ActContext
  ) throws -> AuthorityID {
    let id = try RootRequestService.freshID(AuthorityName(rawValue: "foreign"))
    try context.writer.insert(
      AuthorityRecord(
        id: id, organization: context.organization, purpose: .foreign, parent: parent,
        subject: certificate.subject.encoded, certificate: certificate.encoded, keyName: id.rawValue,
        notAfter: certificate.notAfter, createdAt: context.now))
    return id
  }
}

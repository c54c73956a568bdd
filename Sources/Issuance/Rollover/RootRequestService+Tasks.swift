import Credentials
import KeyCustody
import Registry
import WireFormats

/// What each act asks of roots.
extension RootRequestService {
  func renewal(of id: AuthorityID, onto token: String?, in view: RolloverView) async throws -> Question {
    let old = try view.active(id)
    let root = try view.root()
    let certificate = try Certificate(parsing: old.certificate)
    guard !view.hangsOnForeign(old) else {
      throw Refusal(
        .conflict, "\(id) hangs on somebody else's root", hint: "touchmark authority renew \(old.name) --request FILE")
    }
    let fresh = try Self.freshID(old.name)
    guard let algorithm = certificate.publicKey?.algorithm else {
      throw Refusal(.unavailable, "the key of \(id) is of a kind that cannot be made here")
    }
    // A request that is never answered leaves a key that nothing names.
    let key = try await made(
      fresh, algorithm, in: token.map { .token($0) } ?? (isKeyLost ? .usual : .beside(old.keyName))
    ).signer
    let task = CertifyTask(
      .authority, by: try RootReference(root), for: fresh, name: certificate.subject, publicKey: key.publicKey,
      notAfter: min(old.purpose.end(from: administration.now()), root.notAfter))
    return Question(act: .renewAuthority, subject: id, tasks: [.certify(task)])
  }

  func made(
    _ id: AuthorityID, _ algorithm: KeyAlgorithm, in place: KeyPlace
  ) async throws(Refusal) -> HeldKey {
    do throws(CustodyError) {
      return try await authorityKeys.makeAuthorityKey(id.rawValue, algorithm: algorithm, in: place)
    } catch {
      switch error {
      case .noToken(let uri):
        throw Refusal(
          .conflict, "\(uri) is not one of this server's tokens", hint: "name it under tokens: in touchmark.yaml")
      case .token(let why): throw Refusal(.unavailable, why)
      default: throw Refusal(.unavailable, "the key cannot be made", detail: "\(error)")
      }
    }
  }

  func revocation(of id: AuthorityID, _ reason: RevocationReason, in view: RolloverView) async throws -> Question {
    guard Self.reasons.contains(reason) else {
      throw Refusal(
        .badRequest, "'\(reason.name)' is not a reason for an authority",
        hint: "reasons are " + Self.reasons.map(\.name).joined(separator: ", "))
    }
    let record = try view.record(id)
    guard !view.hangsOnForeign(record) else {
      throw Refusal(
        .conflict, "\(id) hangs on somebody else's root", hint: "whoever has that root's key revokes it, on their list")
    }
    guard record.purpose.isIssuing, let parent = record.parent else {
      throw Refusal(.conflict, "\(id) is a root, which nobody can revoke", hint: "touchmark root succeed --compromised")
    }
    guard record.state == .retired else {
      throw Refusal(.conflict, "\(id) still issues", hint: "renew it first: touchmark authority renew \(id)")
    }
    guard record.revokedAt == nil else { throw Refusal(.conflict, "\(id) is revoked already") }
    let later = view.revoking(id, at: administration.now(), reason: reason)
    let list = try await list(of: try view.record(parent), in: later, Self.listLifetime)
    return Question(act: .revokeAuthority, subject: id, reason: reason, tasks: [list])
  }

  /// The number is taken now, and is never used should no answer come.
  func list(of root: AuthorityRecord, in view: RolloverView, _ lifetime: Span) async throws -> RootTask {
    let organization = organization
    let number = try await store.write { try $0.takeCRLNumber(of: root.id, in: organization) }
    return .list(
      ListTask(
        by: try RootReference(root), number: number, nextUpdate: administration.now().wholeSecond + lifetime,
        entries: view.revokedEntries(of: root.id)))
  }

  func succession(isCompromised: Bool, in view: RolloverView) async throws -> Question {
    let old = try view.root()
    let next = try view.successor()
    let (oldRoot, newRoot) = (try RootReference(old), try RootReference(next))
    let now = administration.now()
    var tasks: [RootTask] = []
    for record in view.records
    where record.purpose.isIssuing && record.parent == old.id && record.revokedAt == nil && now <= record.notAfter {
      tasks.append(.certify(try Self.certify(.authority, record, by: newRoot)))
    }
    if !view.rollover.contains(where: { $0.kind == .newWithOld && $0.subject == next.id && $0.issuer == old.id }) {
      tasks.append(.certify(try Self.certify(.newWithOld, next, by: oldRoot)))
    }
    if !isCompromised { tasks.append(.certify(try Self.certify(.oldWithNew, old, by: newRoot))) }
    tasks.append(try await list(of: next, in: view, Self.listLifetime))
    tasks.append(.found(try found(after: view, by: newRoot)))
    return Question(
      act: .succeedRoot, subject: next.id, reason: isCompromised ? .keyCompromise : .superseded, tasks: tasks)
  }

  /// The same key and name under another root, for as long as both last.
  private static func certify(
    _ kind: CertifyTask.Kind, _ record: AuthorityRecord, by issuer: RootReference
  ) throws -> CertifyTask {
    let certificate = try Certificate(parsing: record.certificate)
    guard let key = certificate.publicKey else {
      throw Refusal(.unavailable, "the key of \(record.id) cannot be read")
    }
    return CertifyTask(
      kind, by: issuer, for: record.id, name: certificate.subject, publicKey: key,
      notAfter: min(certificate.notAfter, issuer.certificate.notAfter))
  }

  /// The next root that waits, named by how many there were.
  private func found(after view: RolloverView, by issuer: RootReference) throws -> FoundTask {
    let roots = view.records.filter { !$0.purpose.isIssuing && $0.purpose != .foreign }.count
    let now = administration.now()
    let certificates = AuthorityCertificates(
      organization: view.organization.name, addresses: roster.current.addresses, now: now)
    return FoundTask(
      by: issuer, id: try Self.freshID(AuthorityName(rawValue: "successor")),
      name: certificates.name("Root R\(roots &+ 1)"),
      algorithm: issuer.certificate.publicKey?.algorithm ?? .p256, nextUpdate: now.wholeSecond + Self.listLifetime)
  }

  static func freshID(_ name: AuthorityName?) throws(Refusal) -> AuthorityID {
    var random = SystemRandomNumberGenerator()
    guard let name, let id = AuthorityID(purpose: name.rawValue, random: &random) else {
      throw Refusal(.unavailable, "no identifier for \(name?.rawValue ?? "it")")
    }
    return id
  }
}

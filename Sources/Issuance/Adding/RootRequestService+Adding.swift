import Credentials
import KeyCustody
import Registry
import WireFormats

extension RootRequestService {
  /// Another issuing authority under the root, beside those that are there.
  public func add(
    _ terms: AuthorityTerms, by actor: Actor, through door: Door
  ) async throws(Refusal) -> RootRequestRecord {
    let id = try Self.freshID(terms.name)
    return try await ask(about: id, by: actor, through: door) { view in try await addition(of: id, terms, in: view) }
  }

  private func addition(of id: AuthorityID, _ terms: AuthorityTerms, in view: RolloverView) async throws -> Question {
    try terms.validate()
    let subject = terms.subject(of: view.organization.name)
    try view.checkFree(terms.name, subject: subject, at: administration.now())
    let root = try view.root()
    let place = terms.token.map { KeyPlace.token($0) } ?? .usual
    // A request that is never answered leaves a key that nothing names.
    let key = try await made(id, terms.algorithm, in: place).signer
    let task = CertifyTask(
      .authority, by: try RootReference(root), for: id, name: subject, publicKey: key.publicKey,
      notAfter: terms.end(from: administration.now(), atMost: root.notAfter))
    return Question(
      act: .addAuthority, subject: id, addition: .init(name: terms.name, purpose: terms.purpose),
      tasks: [.certify(task)])
  }
}

extension Installation {
  func add(_ view: RolloverView, in context: ActContext) throws -> InstalledAnswer {
    guard let fresh, case .certificate(let task, let certificate)? = parts.first, try view.root().id == task.issuer.id
    else { throw Refusal(.conflict, "another root has followed since this was asked for", hint: "ask for it again") }
    try view.checkFree(fresh.record.name, subject: certificate.subject, at: context.now)
    let record = try fresh.insert(under: task.issuer.id, in: context)
    try self.record("authority.add", record.id, in: context, fresh.details)
    return answer(record.id)
  }
}

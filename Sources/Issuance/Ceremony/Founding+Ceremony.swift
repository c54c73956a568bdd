import AuditLog
import Credentials
import KeyCustody
import Registry
import WireFormats

/// Founding with a root that is on another machine: the same keys, names and records, in two halves.
extension Founding {
  /// The first half: makes the issuing authorities' keys, and what the root is asked.
  ///
  /// - Parameter approvers: the approvers' documents for acts on the root.
  /// - Returns: the request's file, signed by the installation's own key for requests.
  public func ask(_ roots: FoundedRoots, askedBy: String, approvers: [String]) async throws -> String {
    let root = try roots.reference()
    var tasks: [RootTask] = []
    for purpose in purposes {
      let id = try freshID(purpose)
      let key = try await keys.issuing.makeAuthorityKey(id.rawValue, algorithm: plan.algorithm, in: .usual).signer
      let name = certificates.name(Self.roleName(purpose))
      let information = CertificationRequest.toBeSigned(subject: name, publicKey: key.publicKey)
      let proof = CertificationRequest.assemble(
        information, algorithm: key.algorithm, signature: try await key.sign(information))
      tasks.append(
        .certify(
          CertifyTask(
            .authority, by: root, for: id, name: name, publicKey: key.publicKey,
            notAfter: min(purpose.end(from: plan.at), roots.root.notAfter), proof: proof)))
    }
    var random = SystemRandomNumberGenerator()
    let at = plan.at.wholeSecond
    let request = RootRequest(
      id: RootRequestID(random: &random), organization: plan.organization.id, name: plan.organization.name,
      act: .foundAuthorities, subject: roots.root.id, reason: nil, askedBy: askedBy, askedAt: at,
      expiresAt: at + RootRequest.lifetime, address: plan.addresses.publicHTTP, tasks: tasks, approvers: approvers)
    _ = try RootRequest(text: request.text)
    return try await RequestSigning(keys: keys.online, organization: plan.organization.id).signedNote(of: request)
  }

  /// The second half: holds the answer to what was asked, and records everything in one transaction.
  public func found(
    _ roots: FoundedRoots, asked note: String, answer: RootAnswer, in store: any Store
  ) async throws -> Founded {
    let request = try RootRequest.unverified(note: note)
    guard request.act == .foundAuthorities, request.organization == plan.organization.id,
      request.tasks.count == purposes.count
    else { throw Refusal(.badRequest, "this is no request of this ceremony") }
    _ = try ClearedRequest(request, note: note, approval: answer.approval, at: plan.at)
    var issuing: [Authority] = []
    for (purpose, part) in zip(purposes, try answer.checked(against: request)) {
      guard case .certificate(let task, let certificate) = part, task.issuer == (try roots.reference()) else {
        throw Refusal(.badRequest, "the answer is another root's")
      }
      guard let key = try await keys.issuing.findAuthorityKey(task.subject.rawValue, publicKey: task.publicKey) else {
        throw Refusal(.conflict, "the key that was made for \(task.subject) is not here any more")
      }
      issuing.append(
        try authority(
          task.subject, purpose, certificate: certificate, key: key, under: roots.root.id, roots.root.certificate))
    }
    return try await finish(roots, issuing: issuing, in: store)
  }
}

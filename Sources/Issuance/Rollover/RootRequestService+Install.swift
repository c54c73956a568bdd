import Credentials
import KeyCustody
import Registry
import WireFormats

/// What an installed answer changed.
public struct InstalledAnswer: Hashable, Sendable {
  public var request: RootRequestID
  public var act: RootRequest.Act
  /// The authority that took the place, or the one that the act was about.
  public var authority: AuthorityID
}

extension RootRequestService {
  /// Checks an answer against what was asked and puts it into force, in one transaction; the serving process follows
  /// before this returns.
  ///
  /// A crash before the commit leaves the request open, and the same answer can be installed again; after it everything
  /// is in force at the next start.
  public func install(
    _ text: String, for id: RootRequestID, by actor: Actor, through door: Door
  ) async throws(Refusal) -> InstalledAnswer {
    let act: AdministrativeAct<InstalledAnswer>
    do {
      act = try await installing(text, for: id)
    } catch {
      let refusal = Refusal.from(error)
      await administration.recordRefusal(refusal, of: "root.install", on: "request:\(id)", by: actor, through: door)
      throw refusal
    }
    let installed = try await administration.perform(act, by: actor, through: door)
    do {
      try await roster.reload(keys: authorityKeys, from: store)
    } catch {
      // It is durable and in force; whoever serves follows the store as well.
      throw Refusal(.unavailable, "the answer is installed and not yet followed here", detail: "\(error)")
    }
    return installed
  }

  private func installing(_ text: String, for id: RootRequestID) async throws -> AdministrativeAct<InstalledAnswer> {
    let organization = organization
    guard let record = try await store.read({ try $0.rootRequest(id, in: organization) }) else {
      throw Refusal(.notFound, "no request has this identifier")
    }
    guard record.answeredAt == nil else { throw Refusal(.conflict, "the request \(id) is answered already") }
    guard administration.now() <= record.expiresAt else {
      throw Refusal(.expired, "the request ended at \(record.expiresAt)", hint: "ask for the same again")
    }
    let request = try RootRequest.unverified(note: record.note)
    let answer = try RootAnswer(text: text)
    let parts = try answer.checked(against: request)
    let installation = Installation(
      request: request, parts: parts, handover: try await handover(request, parts),
      fresh: try await fresh(request, parts))
    return AdministrativeAct("root.install", on: "request:\(id)") { context in
      var installation = installation
      installation.approval = try RootApproval.check(
        answer.approval, for: request, note: record.note, in: context.writer, at: context.now)
      try context.writer.answerRootRequest(id, at: context.now, in: context.organization)
      return try installation.apply(in: context)
    }
  }

  /// What the two keys of a renewed authority say of each other (RFC 9810 §4.4), and the new one's first list. Both keys
  /// are online, so that no root is needed for it.
  private func handover(_ request: RootRequest, _ parts: [CheckedPart]) async throws -> AuthorityHandover? {
    guard request.act == .renewAuthority, case .certificate(let task, let certificate)? = parts.first else {
      return nil
    }
    let view = try await view()
    let old = try view.active(request.subject)
    let oldSigner = isKeyLost ? nil : roster.current.authority(old.id)?.signer
    guard isKeyLost || oldSigner != nil else {
      throw Refusal(.unavailable, "the key of \(old.id) is not in this process")
    }
    let newKey = try await madeKey(task.subject, certificate)
    return try await AuthorityHandover(
      old: (old, oldSigner), new: (task.subject, certificate, newKey),
      certificates: AuthorityCertificates(
        organization: view.organization.name, addresses: roster.current.addresses, now: administration.now()))
  }

  /// An added authority, and its first list.
  private func fresh(_ request: RootRequest, _ parts: [CheckedPart]) async throws -> FreshAuthority? {
    guard let addition = request.addition, case .certificate(let task, let certificate)? = parts.first else {
      return nil
    }
    return try await FreshAuthority(
      task.subject, as: addition.purpose, named: addition.name, certificate: certificate,
      key: try await madeKey(task.subject, certificate), in: organization, at: administration.now())
  }

  /// The key that was made when the certificate was asked for.
  func madeKey(_ id: AuthorityID, _ certificate: Certificate) async throws -> HeldKey {
    guard let publicKey = certificate.publicKey else {
      throw Refusal(.badRequest, "the certificate is of a key that cannot be used here")
    }
    let found: HeldKey?
    do throws(CustodyError) {
      found = try await authorityKeys.findAuthorityKey(id.rawValue, publicKey: publicKey)
    } catch {
      throw Refusal(
        .unavailable, "the new key cannot be reached now; install the answer again later", detail: "\(error)")
    }
    guard let key = found else { throw Refusal(.conflict, "the key that was made for \(id) is not here any more") }
    guard key.signer.publicKey == publicKey else {
      throw Refusal(.badRequest, "the certificate is not of the key that was made for it")
    }
    return key
  }
}

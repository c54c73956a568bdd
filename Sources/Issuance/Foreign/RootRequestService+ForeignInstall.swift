import Credentials
import KeyCustody
import Registry
import WireFormats

extension RootRequestService {
  /// Checks what somebody else's authority issued for a request, and puts it into force in one transaction; the serving
  /// process follows before this returns.
  ///
  /// - Parameters:
  ///   - certificate: DER.
  ///   - chain: DER; what stands between it and the root, and the root.
  public func installForeign(
    _ certificate: [UInt8], chain: [[UInt8]], for id: AuthorityID, by actor: Actor, through door: Door
  ) async throws(Refusal) -> AuthorityRecord {
    let act: AdministrativeAct<AuthorityRecord>
    do {
      act = try await installing(certificate, chain, for: id)
    } catch {
      let refusal = Refusal.from(error)
      await administration.recordRefusal(
        refusal, of: "authority.install", on: "authority:\(id)", by: actor, through: door)
      throw refusal
    }
    let installed = try await administration.perform(act, by: actor, through: door)
    do {
      try await roster.reload(keys: authorityKeys, from: store)
    } catch {
      // It is durable and in force; whoever serves follows the store as well.
      throw Refusal(.unavailable, "the certificate is installed and not yet followed here", detail: "\(error)")
    }
    return installed
  }

  private func installing(
    _ encoded: [UInt8], _ chain: [[UInt8]], for id: AuthorityID
  ) async throws -> AdministrativeAct<AuthorityRecord> {
    let organization = organization
    guard let asked = try await store.read({ try $0.authorityRequests(in: organization) }).first(where: { $0.id == id })
    else { throw Refusal(.notFound, "no request has this identifier") }
    guard asked.installedAt == nil else { throw Refusal(.conflict, "a certificate for \(id) is installed already") }
    let given = try ForeignCertification(certificate: encoded, chain: chain, at: administration.now())
    try Self.check(given.certificate, against: try CertificationRequest(parsing: asked.request))
    let key = try await madeKey(id, given.certificate)
    let handover = try await handover(asked, given.certificate, key)
    var fresh = handover?.fresh
    if fresh == nil {
      fresh = try await FreshAuthority(
        id, as: asked.purpose, named: asked.name, certificate: given.certificate, key: key, in: organization,
        at: administration.now())
    }
    guard let fresh else { throw Refusal(.unavailable, "the authority was not made") }
    let installation = ForeignInstallation(asked: asked, given: given, fresh: fresh, handover: handover)
    return AdministrativeAct("authority.install", on: "authority:\(id)") { try installation.apply(in: $0) }
  }

  private static func check(_ certificate: Certificate, against asked: CertificationRequest) throws(Refusal) {
    guard certificate.publicKey == asked.publicKey else {
      throw Refusal(
        .badRequest, "the certificate is of another key than was asked for",
        hint: "have the request certified that was made here")
    }
    guard certificate.subject == asked.subject else {
      throw Refusal(
        .badRequest, "the certificate names \(certificate.subject), and \(asked.subject) was asked for",
        hint: "have it issued with the request's subject, attribute by attribute")
    }
  }

  private func handover(
    _ asked: AuthorityRequestRecord, _ certificate: Certificate, _ key: HeldKey
  ) async throws -> AuthorityHandover? {
    guard let replaced = asked.replaces else { return nil }
    let view = try await view()
    let old = try view.active(replaced)
    guard let oldSigner = roster.current.authority(old.id)?.signer else {
      throw Refusal(.unavailable, "the key of \(old.id) is not in this process")
    }
    return try await AuthorityHandover(
      old: (old, oldSigner), new: (asked.id, certificate, key),
      certificates: AuthorityCertificates(
        organization: view.organization.name, addresses: roster.current.addresses, now: administration.now()))
  }
}

import Credentials
import Issuance
import KeyCustody
import Logging
import Registry
import Status
import WireFormats

/// OCSP and CRLs of one installation, wired so that they follow the authorities as they are renewed.
struct StatusRooms {
  let store: any Store
  let roster: AuthorityRoster
  let keys: any AuthorityKeys
  let catalog: ProfileCatalog
  let policy: OCSPPolicy
  let logger: Logger

  func service() -> StatusService {
    let source = RegistryStanding(
      store: store, organization: roster.current.organization.id,
      answerLifetime: { [catalog] in catalog.ocspLifetime(of: $0) })
    let responders = responders
    let publisher = CRLPublisher(
      authorities: Self.lists(of: roster.current, at: systemClock()),
      lists: RegistryRevocationLists(store: store, organization: roster.current.organization.id), clock: systemClock,
      report: report)
    roster.observe { authorities in
      await publisher.serve(Self.lists(of: authorities, at: systemClock()))
      await responders.prepare(authorities.all.map(\.record.id))
    }
    return StatusService(
      source: source,
      responder: OCSPResponder(
        source: source, credentials: responders, policy: policy, clock: systemClock, report: report),
      publisher: publisher, renewals: responders, clock: systemClock, report: report, authoritiesChanged: reload)
  }

  private var report: @Sendable (String) -> Void {
    { [logger] in logger.warning("status", metadata: ["what": "\($0)"]) }
  }

  /// What another process, or this one, renewed. A failure leaves the set before in force.
  private var reload: @Sendable () async -> Void {
    { [roster, keys, store, report] in
      do { try await roster.reload(keys: keys, from: store) } catch { report("the authorities: \(error)") }
    }
  }

  /// Lists go on until an authority has ended, since nothing that it issued outlives it.
  private static func lists(of authorities: AuthoritySet, at now: Instant) -> [CRLAuthority] {
    authorities.all.filter { now <= $0.certificate.notAfter }.map {
      CRLAuthority(id: $0.record.id, certificate: $0.certificate, signer: $0.signer)
    }
  }

  private var responders: ResponderCertificates {
    ResponderCertificates(
      makeKey: { [roster] id in
        guard let authority = roster.current.authority(id) else { throw ResponderError.noResponder(id) }
        return try await SoftwareKey.generated(authority.signer.publicKey.algorithm)
      },
      issue: { [roster, store] id, publicKey in
        let authorities = roster.current
        guard let authority = authorities.authority(id) else { throw ResponderError.noResponder(id) }
        let certificate = try await InstallationCertificates(authority: authority, addresses: authorities.addresses)
          .responder(publicKey: publicKey, at: systemClock())
        try await store.write { try certificate.record(in: $0, door: .command) }
        return certificate.encoded
      }, clock: systemClock)
  }
}

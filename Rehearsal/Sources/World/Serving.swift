import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import Status
import WireFormats

/// The rooms of a serving process, wired as `touchmark serve` wires them, with the rehearsal's clock in place of the
/// machine's. One value lives from an opening of the store to its closing.
struct Serving: Sendable {
  let store: SQLiteStore
  let keys: SealedKeyStore
  let roster: AuthorityRoster
  let enrollment: EnrollmentService
  let est: ESTService
  let publisher: CRLPublisher
  let status: StatusService
  let checkpoints: CheckpointWriter
  let administration: Administration
  let profiles: ProfileService

  var organization: OrganizationID { roster.current.organization.id }

  static func open(_ place: WorldFolder, clock: @escaping Clock) async throws -> Serving {
    let keys = try place.open(.online)
    let store = try SQLiteStore(path: place.database)
    let roster = AuthorityRoster(
      try await AuthoritySet.load(
        organization: place.organization, addresses: WorldFolder.addresses, keys: keys, from: store))
    let enrollment = EnrollmentService(
      store: store, roster: roster, catalog: ProfileCatalog(roster: roster),
      reservedNames: ReservedNames(WorldFolder.hosts), clock: clock)
    let publisher = publisher(store, roster, clock: clock)
    return Serving(
      store: store, keys: keys, roster: roster, enrollment: enrollment, est: ESTService(enrolling: enrollment),
      publisher: publisher, status: status(store, roster, publisher, clock: clock),
      checkpoints: CheckpointWriter(
        store: store, organization: roster.current.organization, signer: try CheckpointWriter.signer(in: keys),
        clock: clock),
      administration: Administration(store: store, organization: place.organization, clock: clock),
      profiles: ProfileService(store: store, roster: roster, clock: clock))
  }

  private static func publisher(_ store: SQLiteStore, _ roster: AuthorityRoster, clock: @escaping Clock) -> CRLPublisher
  {
    let publisher = CRLPublisher(
      authorities: lists(of: roster.current),
      lists: RegistryRevocationLists(store: store, organization: roster.current.organization.id), clock: clock)
    roster.observe { await publisher.serve(lists(of: $0)) }
    return publisher
  }

  private static func status(
    _ store: SQLiteStore, _ roster: AuthorityRoster, _ publisher: CRLPublisher, clock: @escaping Clock
  ) -> StatusService {
    let source = RegistryStanding(store: store, organization: roster.current.organization.id)
    let responders = ResponderCertificates(
      makeKey: { id in
        guard let authority = roster.current.authority(id) else { throw ResponderError.noResponder(id) }
        return try await SoftwareKey.generated(authority.signer.publicKey.algorithm)
      },
      issue: { id, publicKey in
        guard let authority = roster.current.authority(id) else { throw ResponderError.noResponder(id) }
        let certificate = try await InstallationCertificates(authority: authority, addresses: WorldFolder.addresses)
          .responder(publicKey: publicKey, at: clock())
        try await store.write { try certificate.record(in: $0, door: .command) }
        return certificate.encoded
      }, clock: clock)
    return StatusService(
      source: source, responder: OCSPResponder(source: source, credentials: responders, clock: clock),
      publisher: publisher, renewals: responders, clock: clock)
  }

  private static func lists(of authorities: AuthoritySet) -> [CRLAuthority] {
    authorities.all.map { CRLAuthority(id: $0.record.id, certificate: $0.certificate, signer: $0.signer) }
  }

  /// What the serving process does by itself while time passes: lists, a checkpoint, authorities that were renewed.
  func keepUp() async throws {
    try await roster.reload(keys: keys, from: store)
    await publisher.publishWhereDue()
    try await checkpoints.write()
  }

  func publishAll() async throws {
    for authority in roster.current.all { _ = try await publisher.publish(authority.record.id) }
  }
}

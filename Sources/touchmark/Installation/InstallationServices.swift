import Credentials
import Issuance
import KeyCustody
import Logging
import Registry
import Status
import WireFormats

/// The rooms of one installation, wired: what a serving process is made of before it listens.
struct InstallationServices {
  let configuration: InstallationConfiguration
  let folder: InstallationFolder
  let store: SQLiteStore
  let keys: SealedKeyStore
  let authorities: AuthoritySet
  let catalog: ProfileCatalog
  let enrollment: EnrollmentService
  let status: StatusService
  let checkpoints: CheckpointWriter

  /// Opens store and keys. The root's keys stay where they are.
  static func open(_ folder: InstallationFolder, keys: SealedKeyStore, logger: Logger) async throws
    -> InstallationServices
  {
    let configuration = try InstallationConfiguration.load(from: folder.configuration)
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    let store = try SQLiteStore(path: folder.database)
    let authorities = try await AuthoritySet.load(
      organization: organization, addresses: try configuration.addresses, keys: keys, from: store)
    let catalog = ProfileCatalog(authorities: authorities)
    let enrollment = EnrollmentService(
      store: store, authorities: authorities, catalog: catalog,
      reservedNames: configuration.reservedNames, clock: systemClock)
    return InstallationServices(
      configuration: configuration, folder: folder, store: store, keys: keys, authorities: authorities,
      catalog: catalog,
      enrollment: enrollment, status: status(store, authorities, catalog, logger: logger),
      checkpoints: CheckpointWriter(
        store: store, organization: authorities.organization, signer: try CheckpointWriter.signer(in: keys),
        clock: systemClock))
  }

  /// SHA-256 of the root that every device of this organization trusts.
  var rootFingerprint: [UInt8] { authorities.all.first.map { Fingerprint.of($0.root) } ?? [] }

  private static func status(
    _ store: any Store, _ authorities: AuthoritySet, _ catalog: ProfileCatalog, logger: Logger
  ) -> StatusService {
    let report: @Sendable (String) -> Void = { logger.warning("status", metadata: ["what": "\($0)"]) }
    let source = RegistryStanding(
      store: store, organization: authorities.organization.id, answerLifetime: { catalog.ocspLifetime(of: $0) })
    let responders = ResponderCertificates(
      makeKey: { id in
        guard let authority = authorities.authority(id) else { throw ResponderError.noResponder(id) }
        return try await SoftwareKey.generated(authority.signer.publicKey.algorithm)
      },
      issue: { id, publicKey in
        guard let authority = authorities.authority(id) else { throw ResponderError.noResponder(id) }
        let certificate = try await InstallationCertificates(authority: authority, addresses: authorities.addresses)
          .responder(publicKey: publicKey, at: systemClock())
        try await store.write { try certificate.record(in: $0, door: .command) }
        return certificate.encoded
      }, clock: systemClock)
    let publisher = CRLPublisher(
      authorities: authorities.all.map {
        CRLAuthority(id: $0.record.id, certificate: $0.certificate, signer: $0.signer)
      },
      lists: RegistryRevocationLists(store: store, organization: authorities.organization.id), clock: systemClock,
      report: report)
    return StatusService(
      source: source,
      responder: OCSPResponder(source: source, credentials: responders, clock: systemClock, report: report),
      publisher: publisher, renewals: responders, clock: systemClock, report: report)
  }
}

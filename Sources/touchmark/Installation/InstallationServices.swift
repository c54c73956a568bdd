import Credentials
import Issuance
import KeyCustody
import Logging
import Registry
import Status
import Watching
import WireFormats

/// The rooms of one installation, wired: what a serving process is made of before it listens.
struct InstallationServices {
  let configuration: InstallationConfiguration
  let folder: InstallationFolder
  let store: SQLiteStore
  let keys: SealedKeyStore
  let roster: AuthorityRoster
  let catalog: ProfileCatalog
  let enrollment: EnrollmentService
  /// Seals the secrets that a door must know, and opens them.
  let sealing: SecretSealing
  let status: StatusService
  let checkpoints: CheckpointWriter
  let measures: Measures
  /// Where authorities' keys live.
  let tokens: TokenRooms

  /// Opens store and keys. The root's keys stay where they are.
  static func open(_ folder: InstallationFolder, outside: OutsideRooms, tokens: TokenRooms, logger: Logger) async throws
    -> InstallationServices
  {
    let (configuration, keys) = (outside.configuration, outside.keys)
    guard let organization = OrganizationID(rawValue: configuration.organizationID) else {
      throw CommandFailure(.refused, "\(folder.configuration) names no organization")
    }
    let measures = outside.measures
    var options = SQLiteOptions()
    options.onCommit = { measures.committed(writes: $0, in: $1, failed: $2) }
    let store = try SQLiteStore(path: folder.database, options: options)
    let roster = AuthorityRoster(
      try await AuthoritySet.load(
        organization: organization, addresses: try configuration.addresses, keys: tokens.authorityKeys,
        from: store))
    let catalog = ProfileCatalog(roster: roster)
    let enrollment = EnrollmentService(
      store: store, roster: roster, catalog: catalog,
      reservedNames: configuration.reservedNames, authorizing: outside.authorizing, clock: systemClock)
    return InstallationServices(
      configuration: configuration, folder: folder, store: store, keys: keys, roster: roster, catalog: catalog,
      enrollment: enrollment,
      sealing: try SecretSealing(keys: keys, organization: organization),
      status: StatusRooms(
        store: store, roster: roster, keys: tokens.authorityKeys, catalog: catalog,
        policy: try configuration.bounds().ocspPolicy, logger: logger
      )
      .service(),
      checkpoints: CheckpointWriter(
        store: store, organization: roster.current.organization, signer: try CheckpointWriter.signer(in: keys),
        clock: systemClock),
      measures: measures, tokens: tokens)
  }

  /// What doors check MACs with.
  var macSecrets: MACSecrets {
    MACSecrets(store: store, organization: organization, sealing: sealing, clock: systemClock)
  }

  var organization: OrganizationID { roster.current.organization.id }
}

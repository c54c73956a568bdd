import Appraisal
import Enrollment
import Issuance
import KeyCustody
import Registry
import Watching

/// What the administration interface works with.
public struct AdministrationServices: Sendable {
  let administration: Administration
  let administrators: AdministratorService
  let appointments: AdministratorAppointment
  let devices: DeviceService
  let grants: GrantService
  let requests = RequestService()
  let trust = TrustService()
  let certificates: CertificateService
  let profiles: ProfileService
  let rootRequests: RootRequestService
  let enrolling: any Enrolling
  let tpm: TPMEnrollment
  let appraisal: AppraisalService
  let results: ResultSigner
  let publish: @Sendable (AuthorityID) async throws -> RevocationList
  let invitations: Invitations
  let sealing: AnswerSealing
  let events: EventHub
  let notifications: Notifier?

  /// What every new secret is printed with.
  public struct Invitations: Sendable {
    /// The HTTPS address that devices reach, without a slash at the end.
    let url: @Sendable () -> String
    /// SHA-256 of the root certificate, which another may follow.
    let root: @Sendable () -> [UInt8]

    var rootFingerprint: [UInt8] { root() }

    public init(url: @escaping @Sendable () -> String, rootFingerprint: @escaping @Sendable () -> [UInt8]) {
      self.url = url
      root = rootFingerprint
    }
  }

  /// - Parameters:
  ///   - publish: makes an authority's CRL now. Throws when its key is not in this process.
  ///   - sealing: seals the secrets that a door must know; nil makes none.
  ///   - keys: closes kept answers, which may show a secret.
  ///   - authorityKeys: where authorities' keys live; `keys` alone when nil.
  ///   - notifications: who tells systems outside of conditions; nil tells nobody.
  ///   - events: where clients wait for the log to grow; nil makes one.
  public init(
    store: any Store, roster: AuthorityRoster, enrolling: any Enrolling, sealing: SecretSealing? = nil,
    publish: @escaping @Sendable (AuthorityID) async throws -> RevocationList, invitations: Invitations,
    keys: SealedKeyStore, authorityKeys: (any AuthorityKeys)? = nil, events: EventHub? = nil,
    notifications: Notifier? = nil,
    clock: @escaping Clock
  ) {
    let organization = roster.current.organization.id
    administration = Administration(store: store, organization: organization, clock: clock)
    administrators = AdministratorService(store: store, organization: organization, clock: clock)
    appointments = AdministratorAppointment(administration: administration, roster: roster)
    certificates = CertificateService(store: store, organization: organization, clock: clock)
    profiles = ProfileService(store: store, roster: roster, clock: clock)
    rootRequests = RootRequestService(
      store: store, roster: roster, keys: keys, authorityKeys: authorityKeys, clock: clock)
    devices = DeviceService(sealing: sealing)
    grants = GrantService(sealing: sealing)
    self.enrolling = enrolling
    tpm = TPMEnrollment(store: store, organization: organization, enrolling: enrolling, clock: clock)
    results = ResultSigner(keys: keys)
    appraisal = AppraisalService(
      administration: administration, devices: devices, signer: results, issuer: invitations.url)
    self.publish = publish
    self.invitations = invitations
    self.sealing = AnswerSealing(custody: keys)
    self.notifications = notifications
    self.events = events ?? EventHub(store: store, organization: organization)
  }

  var store: any Store { administration.store }
  var organization: OrganizationID { administration.organization }

  /// A read of this organization's records.
  func read<T: Sendable>(
    _ body: @Sendable @escaping (any StoreReader, OrganizationID) throws -> T
  ) async throws -> T {
    let organization = organization
    return try await store.read { try body($0, organization) }
  }
}

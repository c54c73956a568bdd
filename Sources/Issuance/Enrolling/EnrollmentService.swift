import Credentials
import Registry
import WireFormats

/// Issues certificates to whoever has a right to one: resolve, decide, prepare, lint, sign, record.
///
/// It keeps no state of its own. Nothing is answered before it is durable; a crash before the record leaves a
/// signature that nobody saw, and the device asks again.
public struct EnrollmentService: Enrolling {
  let store: any Store
  let roster: AuthorityRoster
  let organization: OrganizationID
  let catalog: ProfileCatalog
  /// Names that no requester may take: the server's own.
  let reservedNames: ReservedNames
  /// Asks systems outside where a profile wants it.
  let authorizing: (any Authorizing)?
  let now: Clock
  /// For those who showed no right: one name, and all of them together.
  private let unproven = RefusalBudget(perName: 10, total: 600)
  private let proven = RefusalBudget(perName: 60, total: nil)
  let keysInTheMaking = KeysInTheMaking()

  /// As they stand now.
  var authorities: AuthoritySet { roster.current }

  public init(
    store: any Store, authorities: AuthoritySet, catalog: ProfileCatalog, reservedNames: ReservedNames,
    authorizing: (any Authorizing)? = nil, clock: @escaping Clock
  ) {
    self.init(
      store: store, roster: AuthorityRoster(authorities), catalog: catalog, reservedNames: reservedNames,
      authorizing: authorizing, clock: clock)
  }

  /// - Parameter catalog: of the same roster.
  public init(
    store: any Store, roster: AuthorityRoster, catalog: ProfileCatalog, reservedNames: ReservedNames,
    authorizing: (any Authorizing)? = nil, clock: @escaping Clock
  ) {
    self.store = store
    self.roster = roster
    organization = roster.current.organization.id
    self.catalog = catalog
    self.reservedNames = reservedNames
    self.authorizing = authorizing
    now = clock
  }

  /// Whether one more refusal of this subject may be written into the audit log now.
  func mayRecordRefusal(of subject: String, isProven: Bool) -> Bool {
    (isProven ? proven : unproven).take(subject, at: now())
  }

  public func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    var applicant: Applicant?
    do throws(Refusal) {
      // Where the key is all that is shown, it is proved before anything is looked up or written down.
      if request.showsKeyAlone { try checkPossession(request) }
      let resolution = try await resolve(request)
      applicant = resolution.applicant
      if !request.showsKeyAlone { try checkPossession(request, vouchedBy: resolution.applicant) }
      if let earlier = resolution.earlier { return try await answerAgain(earlier, to: request, resolution) }
      return try await issue(request, resolution)
    } catch {
      await recordRefusal(error, of: request, applicant: applicant)
      throw error
    }
  }

  /// A registration authority with a record may say that it has checked.
  private func checkPossession(
    _ request: EnrollmentRequest, vouchedBy applicant: Applicant? = nil
  ) throws(Refusal) {
    if request.request.isVouchedFor, applicant?.vouches == true { return }
    guard request.request.verifyProofOfPossession() else {
      throw Refusal(.proofOfPossession, "the request is not signed by the key that it carries")
    }
  }

  private func issue(_ request: EnrollmentRequest, _ resolution: Resolution) async throws(Refusal) -> Issued {
    let prepared = try catalog.prepare(resolution.profile)
    let time = now()
    let isKeyShown = try await isKeyShown(request, resolution.applicant, prepared.profile)
    let decision = try decide(request, resolution, prepared, isKeyShown: isKeyShown)
    let approved = try await approval(of: request, resolution.applicant, decision)
    let authorizedBy = try await authorize(request, resolution.applicant, decision)
    var random = SystemRandomNumberGenerator()
    let serial = SerialNumber(at: time, random: &random)
    let certificate = try await prepared.sign(decision, publicKey: request.request.publicKey, serial: serial)
    let issuance = Issuance(
      request: request, applicant: resolution.applicant, decision: decision, issuer: prepared.authority.record,
      serial: serial, certificate: certificate, at: time,
      othersDue: try await othersDue(resolution.applicant, besides: prepared.profile.name), authorizedBy: authorizedBy,
      approved: approved)
    let recorded = try await record(issuance)
    return answer(recorded, authority: prepared.authority, profile: prepared.profile.name)
  }

  /// Asked of the store where it decides, and nowhere else.
  private func isKeyShown(
    _ request: EnrollmentRequest, _ applicant: Applicant, _ profile: Profile
  ) async throws(Refusal) -> Bool {
    guard profile.requiresHardwareKey, request.residence == nil, let device = applicant.device?.id else { return false }
    let organization = organization
    let keyHash = request.request.publicKey.keyHash
    do {
      return try await store.read { try KeyResidence.isShown(keyHash, by: device, in: $0, of: organization) }
    } catch {
      throw Refusal.from(error)
    }
  }

  func decide(
    _ request: EnrollmentRequest, _ resolution: Resolution, _ prepared: PreparedProfile, isKeyShown: Bool = false
  ) throws(Refusal) -> Decision {
    let context = DecisionContext(
      profile: prepared.profile, organization: authorities.organization.name, addresses: authorities.addresses,
      authorityNotAfter: prepared.authority.certificate.notAfter, now: now(), door: request.door,
      isRenewal: request.isRenewal, isKeyFromServer: request.isKeyFromServer, residence: request.residence,
      isKeyShown: isKeyShown)
    return try Decision.decide(request.request, by: resolution.applicant, in: context)
  }

  func answer(_ recorded: Recorded, authority: Authority, profile: ProfileName) -> Issued {
    Issued(
      certificate: recorded.certificate, chain: authority.chain, serial: recorded.serial, repeated: recorded.repeated,
      profile: profile)
  }

  public func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    let authorities = authorities
    guard let label else { return authorities.ownCertificates(at: now()) }
    return authorities.certificates(of: [try await profile(named: label).authority], at: now())
  }
}

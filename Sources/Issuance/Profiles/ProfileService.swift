import AuditLog
import Credentials
import Crypto
import Registry
import WireFormats

/// Applies profiles to the store, version by version, and tries requests against them.
public struct ProfileService: Sendable {
  let store: any Store
  let roster: AuthorityRoster
  let now: Clock

  var organization: OrganizationID { authorities.organization.id }
  var authorities: AuthoritySet { roster.current }

  public init(store: any Store, roster: AuthorityRoster, clock: @escaping Clock) {
    self.store = store
    self.roster = roster
    now = clock
  }

  public init(store: any Store, authorities: AuthoritySet, clock: @escaping Clock) {
    self.init(store: store, roster: AuthorityRoster(authorities), clock: clock)
  }

  /// What applying did, or would do.
  public struct Application: Sendable {
    public let name: ProfileName
    /// The version in force afterwards; on a dry run, that it would get.
    public let version: Int
    public let changed: Bool
    /// Lines with `-`, `+` or a space before them; empty when nothing changes.
    public let difference: String
  }

  /// Parses, lints against its authority, and stores the next version; the same text again changes nothing.
  ///
  /// - Parameter name: what the address said; nil takes the document's own.
  public func apply(
    _ text: String, named name: ProfileName?, isDryRun: Bool, by actor: Actor
  ) async throws(Refusal) -> Application {
    let profile = try parse(text)
    guard name == nil || name == profile.name else {
      throw Refusal(.badRequest, "the document is of profile \(profile.name), not of \(name?.rawValue ?? "")")
    }
    _ = try PreparedProfile(profile: profile, authorities: authorities)
    let organization = organization
    let time = now()
    let document = text.hasSuffix("\n") ? text : text + "\n"
    let body: @Sendable (any ProfileReading) throws -> (ProfileRecord?, Application) = { reader in
      let old = try reader.profile(profile.name, in: organization)
      let changed = old?.document != document
      let difference = changed ? LineDifference.between(old?.document ?? "", document) : ""
      let version = (old?.version ?? 0) + (changed ? 1 : 0)
      return (old, Application(name: profile.name, version: version, changed: changed, difference: difference))
    }
    do {
      if isDryRun { return try await store.read { try body($0).1 } }
      return try await store.write { writer in
        let application = try body(writer).1
        try actor.checkStanding(in: writer, of: organization, at: time)
        guard application.changed else { return application }
        try writer.insert(
          ProfileRecord(
            name: profile.name, version: application.version, document: document,
            digest: Array(SHA256.hash(data: Array(document.utf8))), appliedAt: time, appliedBy: actor.name),
          in: organization)
        try writer.append(Self.entry(application, by: actor, at: time), in: organization)
        return application
      }
    } catch {
      throw Refusal.from(error)
    }
  }

  private func parse(_ text: String) throws(Refusal) -> Profile {
    do {
      return try ProfileDocument.parse(text)
    } catch {
      throw Refusal(.badRequest, "\(error)", hint: "touchmark profile show operational shows one that is right")
    }
  }

  private static func entry(_ application: Application, by actor: Actor, at time: Instant) -> AuditEntry {
    AuditEntry(
      at: time, actor: "\(actor.role.rawValue):\(actor.name)", door: Door.rest.rawValue, act: "profile.apply",
      subject: "profile:\(application.name)", outcome: "ok", reason: nil,
      details: ["version": "\(application.version)"])
  }

  /// A request may leave its subject to the profile; a stand-in serial then shows what that would be.
  private func standIn(for request: CertificationRequest, _ profile: Profile) -> DeviceRecord? {
    guard profile.keepsDevice, SubjectNames.requestedSerial(request.requested) == nil else { return nil }
    var random = SystemRandomNumberGenerator()
    return DeviceRecord(
      id: DeviceID(at: now(), random: &random), organization: organization, manufacturer: "", serial: "SERIAL",
      kind: profile.kind, profile: profile.name, state: .registered, registeredAt: now(), registeredBy: "")
  }

  /// What would be issued for a request, as an operator asking for it; nothing is signed or stored.
  public func trial(_ request: CertificationRequest, of name: ProfileName) async throws(Refusal) -> Decision {
    let organization = organization
    let record: ProfileRecord?
    do {
      record = try await store.read { try $0.profile(name, in: organization) }
    } catch {
      throw Refusal.from(error)
    }
    guard let record else { throw Refusal(.notFound, "no profile has this name") }
    var profile = try parse(record.document)
    profile.version = record.version
    let prepared = try PreparedProfile(profile: profile, authorities: authorities)
    guard request.verifyProofOfPossession() else {
      throw Refusal(.proofOfPossession, "the request is not signed by the key that it carries")
    }
    // Tried as by an operator: what the profile says of proofs is not what is asked here.
    profile.proofs.insert(.administrator)
    profile.doors.insert(.command)
    let context = DecisionContext(
      profile: profile, organization: authorities.organization.name, addresses: authorities.addresses,
      authorityNotAfter: prepared.authority.certificate.notAfter, now: now(), door: .command, isRenewal: false)
    let applicant = Applicant(
      right: .administrator(.installation), device: standIn(for: request, profile), certificates: [])
    let decision = try Decision.decide(request, by: applicant, in: context)
    try prepared.lint(decision, publicKey: request.publicKey, at: now())
    return decision
  }
}

import AuditLog
import Credentials
import Crypto
import KeyCustody
import Registry
import WireFormats

/// What `init` is asked for.
public struct FoundingPlan: Sendable {
  public var organization: OrganizationRecord
  public var addresses: Addresses
  /// Of the root, its successor and the issuing authorities: P-256, P-384 or RSA-3072.
  public var algorithm: KeyAlgorithm
  public var withLab: Bool
  public var at: Instant
  /// The person who holds the first administrator's certificate.
  public var administrator: String
  /// The authority from elsewhere that becomes the operational one.
  public var continuing: ContinuedAuthority?
  /// Who approves trust bundles from the first moment; of the same organization.
  public var approvers: FirstApprovers?

  public init(
    organization: OrganizationRecord, addresses: Addresses, algorithm: KeyAlgorithm, withLab: Bool, at: Instant,
    administrator: String, continuing: ContinuedAuthority? = nil, approvers: FirstApprovers? = nil
  ) {
    self.organization = organization
    self.addresses = addresses
    self.algorithm = algorithm
    self.withLab = withLab
    self.at = at
    self.administrator = administrator
    self.continuing = continuing
    self.approvers = approvers
  }
}

/// The homes of the keys that founding makes. Root and successor are sealed apart, and `serve` opens neither.
public struct FoundingKeys: Sendable {
  public let root: SealedKeyStore
  public let successor: SealedKeyStore
  public let online: SealedKeyStore
  /// Where the issuing authorities' keys are made.
  public let issuing: any AuthorityKeys
  /// Where the root's key is made; its sealed store is not touched then.
  public let rootToken: (any AuthorityKeys)?

  /// - Parameters:
  ///   - root: any store when `rootToken` holds the root.
  ///   - issuing: the online store when nil.
  public init(
    root: SealedKeyStore, successor: SealedKeyStore, online: SealedKeyStore, issuing: (any AuthorityKeys)? = nil,
    rootToken: (any AuthorityKeys)? = nil
  ) {
    self.root = root
    self.successor = successor
    self.online = online
    self.issuing = issuing ?? online
    self.rootToken = rootToken
  }
}

/// What an operator takes away from founding.
public struct Founded: Sendable {
  /// DER.
  public let root: [UInt8]
  public let administratorKey: SoftwareKey
  /// The administrator's certificate and its chain, DER.
  public let administratorChain: [[UInt8]]
  /// The key that signs the log's checkpoints, as verifiers take it.
  public let logKey: NoteKey
}

/// Makes an organization's authorities and its first administrator, and records them in one transaction.
///
/// A crash leaves sealed keys without a record; `init` works in a folder of its own and moves it into place at the end.
public struct Founding {
  let plan: FoundingPlan
  let keys: FoundingKeys

  public init(plan: FoundingPlan, keys: FoundingKeys) {
    self.plan = plan
    self.keys = keys
  }

  /// The root's CRL is made ahead, since `serve` never opens the root.
  static let rootListLifetime = Span.days(365)
  static let logKeyName = "audit-log"

  public func found(in store: any Store) async throws -> Founded {
    let root = try await foundRoot(.root, role: "Root R1", keys: keys.rootToken ?? keys.root, state: .active)
    let successor = try await foundRoot(.successor, role: "Root R2", keys: keys.successor, state: .standby)
    var issuing: [Authority] = []
    var continued: ContinuedRecords?
    if let continuing = plan.continuing { continued = try await adopt(continuing, beside: root) }
    for purpose in purposes {
      if purpose == .operational, let continued {
        issuing.append(continued.authority)
      } else {
        issuing.append(try await subordinate(purpose, under: root))
      }
    }
    let logKey = try keys.online.generate(name: Self.logKeyName, purpose: CustodyPurpose.auditLog, algorithm: .ed25519)
    let lists = [try await emptyList(root), try await emptyList(successor)]
    let road = try await road(from: root, to: successor)
    guard let installation = issuing.first(where: { $0.record.purpose == .installation }) else {
      throw Refusal(.unavailable, "the installation authority was not made")
    }
    let administratorKey = try SoftwareKey.generate(.p256)
    let administrator = try await InstallationCertificates(authority: installation, addresses: plan.addresses)
      .administrator(plan.administrator, publicKey: administratorKey.publicKey, at: plan.at)
    try await record(
      [root, successor] + issuing, administrator: administrator, lists: lists, road: road, continued: continued,
      in: store)
    return Founded(
      root: root.certificate.encoded, administratorKey: administratorKey,
      administratorChain: [administrator.encoded] + installation.chain, logKey: try noteKey(logKey))
  }

  private func noteKey(_ key: SoftwareKey) throws -> NoteKey {
    let origin = Checkpoint.origin(organization: plan.organization.id.rawValue, epoch: plan.organization.auditEpoch)
    guard let noteKey = NoteKey(name: origin, publicKey: key.publicKey.keyOctets) else {
      throw Refusal(.unavailable, "the log's key is not an Ed25519 key")
    }
    return noteKey
  }

  private var purposes: [AuthorityRecord.Purpose] {
    [.idevid, .operational, .installation] + (plan.withLab ? [.lab] : [])
  }

  var certificates: AuthorityCertificates {
    AuthorityCertificates(organization: plan.organization.name, addresses: plan.addresses, now: plan.at)
  }

  private func foundRoot(
    _ purpose: AuthorityRecord.Purpose, role: String, keys: any AuthorityKeys, state: AuthorityRecord.State
  ) async throws -> Authority {
    let id = try freshID(purpose)
    let key = try await keys.makeAuthorityKey(id.rawValue, algorithm: plan.algorithm, in: .usual)
    let encoded = try await certificates.root(certificates.name(role), signer: key.signer)
    return try authority(id, purpose, encoded: encoded, key: key, state: state, under: nil)
  }

  private func subordinate(_ purpose: AuthorityRecord.Purpose, under root: Authority) async throws -> Authority {
    let id = try freshID(purpose)
    let key = try await keys.issuing.makeAuthorityKey(id.rawValue, algorithm: plan.algorithm, in: .usual)
    let encoded = try await certificates.subordinate(
      certificates.name(Self.roleName(purpose)), publicKey: key.signer.publicKey, notAfter: purpose.end(from: plan.at),
      issuer: root.certificate, issuerID: root.record.id, signer: root.signer)
    return try authority(id, purpose, encoded: encoded, key: key, state: .active, under: root)
  }

  static func roleName(_ purpose: AuthorityRecord.Purpose) -> String {
    switch purpose {
    case .root: "Root R1"
    case .successor: "Root R2"
    case .idevid: "IDevID CA 1"
    case .operational: "Operational CA 1"
    case .installation: "Installation CA 1"
    case .lab: "Lab CA 1"
    case .foreign: "Foreign CA"
    }
  }

  func freshID(_ purpose: AuthorityRecord.Purpose) throws -> AuthorityID {
    var random = SystemRandomNumberGenerator()
    guard let id = AuthorityID(purpose: purpose.rawValue, random: &random) else {
      throw Refusal(.unavailable, "no identifier for \(purpose.rawValue)")
    }
    return id
  }

  private func authority(
    _ id: AuthorityID, _ purpose: AuthorityRecord.Purpose, encoded: [UInt8], key: HeldKey,
    state: AuthorityRecord.State, under root: Authority?
  ) throws -> Authority {
    let certificate = try Certificate(parsing: encoded)
    let record = AuthorityRecord(
      id: id, organization: plan.organization.id, purpose: purpose, parent: root?.record.id,
      subject: certificate.subject.encoded, certificate: encoded, keyName: key.name, state: state, crlNumber: 0,
      notAfter: certificate.notAfter, createdAt: plan.at)
    return Authority(
      record: record, certificate: certificate, signer: key.signer, chain: root == nil ? [] : [encoded],
      root: root?.certificate.encoded ?? encoded)
  }

  /// NewWithOld, made while both keys are at hand and shown to nobody before the successor is the root: should the root's
  /// key be lost by then, devices that know that root alone still find the next one.
  private func road(from root: Authority, to successor: Authority) async throws -> RolloverCertificate {
    let encoded = try await certificates.crossing(
      successor.certificate.subject, publicKey: successor.signer.publicKey, notAfter: .noExpiry,
      issuer: root.certificate, issuerID: root.record.id, signer: root.signer)
    return RolloverCertificate(
      organization: plan.organization.id, subject: successor.record.id, issuer: root.record.id, kind: .newWithOld,
      certificate: encoded, notAfter: .noExpiry, createdAt: plan.at)
  }

  private func emptyList(_ root: Authority) async throws -> (authority: AuthorityID, list: RevocationList) {
    let task = ListTask(
      by: RootReference(id: root.record.id, certificate: root.certificate), number: 1,
      nextUpdate: plan.at.wholeSecond + Self.rootListLifetime, entries: [])
    let encoded = try await task.signed(by: root.signer, at: plan.at)
    return (
      root.record.id,
      RevocationList(
        authority: root.record.id, number: 1, thisUpdate: plan.at.wholeSecond, nextUpdate: task.nextUpdate,
        encoded: encoded)
    )
  }

  private func record(
    _ authorities: [Authority], administrator: InstallationCertificate,
    lists: [(authority: AuthorityID, list: RevocationList)], road: RolloverCertificate,
    continued: ContinuedRecords?, in store: any Store
  ) async throws {
    let plan = plan
    let records = authorities.map(\.record)
    let profiles = try builtInProfiles()
    let revocationLists = lists.map(\.list)
    try await store.write { writer in
      try writer.insert(plan.organization)
      for authority in records {
        try writer.insert(authority)
        try writer.append(Self.entry(authority, plan), in: plan.organization.id)
      }
      try writer.insert(road)
      try continued?.record(in: writer)
      try plan.approvers?.record(in: writer, at: plan.at)
      for list in revocationLists {
        _ = try writer.takeCRLNumber(of: list.authority, in: plan.organization.id)
        try writer.store(list, in: plan.organization.id)
      }
      for profile in profiles { try writer.insert(profile, in: plan.organization.id) }
      try administrator.record(in: writer, door: .command)
      try writer.insert(
        AdministratorRecord(
          fingerprint: administrator.fingerprint, organization: plan.organization.id, name: plan.administrator,
          role: .administrator, certificate: administrator.serial, addedAt: plan.at, addedBy: Actor.installation.name))
      try writer.append(
        AuditEntry(
          at: plan.at, actor: Actor.installation.name, door: Door.command.rawValue, act: "admin.add",
          subject: "admin:\(plan.administrator)", outcome: "ok", reason: nil,
          details: ["role": "administrator", "fingerprint": Hex.encode(administrator.fingerprint)]),
        in: plan.organization.id)
    }
  }

  private static func entry(_ authority: AuthorityRecord, _ plan: FoundingPlan) -> AuditEntry {
    AuditEntry(
      at: plan.at, actor: Actor.installation.name, door: Door.command.rawValue, act: "authority.create",
      subject: "authority:\(authority.id)", outcome: "ok", reason: nil,
      details: [
        "purpose": authority.purpose.rawValue, "fingerprint": Hex.encode(Fingerprint.of(authority.certificate)),
        "key": authority.keyName,
      ])
  }

  private func builtInProfiles() throws -> [ProfileRecord] {
    try (BuiltInProfiles.texts + (plan.withLab ? [BuiltInProfiles.lab] : [])).map { text in
      let profile = try ProfileDocument.parse(text)
      return ProfileRecord(
        name: profile.name, version: 1, document: text + "\n",
        digest: Array(SHA256.hash(data: Array((text + "\n").utf8))),
        appliedAt: plan.at, appliedBy: Actor.installation.name)
    }
  }
}

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
  /// Who approves trust bundles and acts on the root from the first moment; of the same organization.
  public var approvers: [FirstApprovers]

  public init(
    organization: OrganizationRecord, addresses: Addresses, algorithm: KeyAlgorithm, withLab: Bool, at: Instant,
    administrator: String, continuing: ContinuedAuthority? = nil, approvers: [FirstApprovers] = []
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
  public static let logKeyName = "audit-log"

  public func found(in store: any Store) async throws -> Founded {
    let made = try await RootFounding(
      organization: plan.organization, addresses: plan.addresses, algorithm: plan.algorithm, at: plan.at
    ).make(root: keys.rootToken ?? keys.root, successor: keys.successor)
    var issuing: [Authority] = []
    var continued: ContinuedRecords?
    if let continuing = plan.continuing { continued = try await adopt(continuing, beside: made.root) }
    for purpose in purposes {
      if purpose == .operational, let continued {
        issuing.append(continued.authority)
      } else {
        issuing.append(try await subordinate(purpose, under: made.root))
      }
    }
    return try await finish(made.roots, issuing: issuing, continued: continued, in: store)
  }

  /// The log's key, the first administrator, and the one transaction that records everything.
  func finish(
    _ roots: FoundedRoots, issuing: [Authority], continued: ContinuedRecords? = nil, in store: any Store
  ) async throws -> Founded {
    let logKey = try keys.online.generate(name: Self.logKeyName, purpose: CustodyPurpose.auditLog, algorithm: .ed25519)
    guard let installation = issuing.first(where: { $0.record.purpose == .installation }) else {
      throw Refusal(.unavailable, "the installation authority was not made")
    }
    let administratorKey = try SoftwareKey.generate(.p256)
    let administrator = try await InstallationCertificates(authority: installation, addresses: plan.addresses)
      .administrator(plan.administrator, publicKey: administratorKey.publicKey, at: plan.at)
    try await record(
      [roots.root, roots.successor] + issuing.map(\.record), administrator: administrator, lists: roots.lists,
      road: roots.road, continued: continued, in: store)
    return Founded(
      root: roots.root.certificate, administratorKey: administratorKey,
      administratorChain: [administrator.encoded] + installation.chain, logKey: try noteKey(logKey))
  }

  private func noteKey(_ key: SoftwareKey) throws -> NoteKey {
    let origin = Checkpoint.origin(organization: plan.organization.id.rawValue, epoch: plan.organization.auditEpoch)
    guard let noteKey = NoteKey(name: origin, publicKey: key.publicKey.keyOctets) else {
      throw Refusal(.unavailable, "the log's key is not an Ed25519 key")
    }
    return noteKey
  }

  var purposes: [AuthorityRecord.Purpose] {
    [.idevid, .operational, .installation] + (plan.withLab ? [.lab] : [])
  }

  var certificates: AuthorityCertificates {
    AuthorityCertificates(organization: plan.organization.name, addresses: plan.addresses, now: plan.at)
  }

  private func subordinate(_ purpose: AuthorityRecord.Purpose, under root: Authority) async throws -> Authority {
    let id = try freshID(purpose)
    let key = try await keys.issuing.makeAuthorityKey(id.rawValue, algorithm: plan.algorithm, in: .usual)
    let encoded = try await certificates.subordinate(
      certificates.name(Self.roleName(purpose)), publicKey: key.signer.publicKey, notAfter: purpose.end(from: plan.at),
      issuer: root.certificate, issuerID: root.record.id, signer: root.signer)
    return try authority(
      id, purpose, certificate: Certificate(parsing: encoded), key: key, under: root.record.id, root.certificate.encoded
    )
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

  func freshID(_ purpose: AuthorityRecord.Purpose) throws -> AuthorityID { try Self.freshID(purpose) }

  static func freshID(_ purpose: AuthorityRecord.Purpose) throws -> AuthorityID {
    var random = SystemRandomNumberGenerator()
    guard let id = AuthorityID(purpose: purpose.rawValue, random: &random) else {
      throw Refusal(.unavailable, "no identifier for \(purpose.rawValue)")
    }
    return id
  }

  func authority(
    _ id: AuthorityID, _ purpose: AuthorityRecord.Purpose, certificate: Certificate, key: HeldKey,
    under parent: AuthorityID, _ root: [UInt8]
  ) throws -> Authority {
    let record = AuthorityRecord(
      id: id, organization: plan.organization.id, purpose: purpose, parent: parent,
      subject: certificate.subject.encoded, certificate: certificate.encoded, keyName: key.name, state: .active,
      crlNumber: 0, notAfter: certificate.notAfter, createdAt: plan.at)
    return Authority(
      record: record, certificate: certificate, signer: key.signer, chain: [certificate.encoded], root: root)
  }

  private func record(
    _ records: [AuthorityRecord], administrator: InstallationCertificate,
    lists: [RevocationList], road: RolloverCertificate,
    continued: ContinuedRecords?, in store: any Store
  ) async throws {
    let plan = plan
    let profiles = try builtInProfiles()
    try await store.write { writer in
      try writer.insert(plan.organization)
      for authority in records {
        try writer.insert(authority)
        try writer.append(Self.entry(authority, plan), in: plan.organization.id)
      }
      try writer.insert(road)
      try continued?.record(in: writer)
      for approvers in plan.approvers { try approvers.record(in: writer, at: plan.at) }
      for list in lists {
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

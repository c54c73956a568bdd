import AuditLog
import Credentials
import Registry
import WireFormats

/// What an installation asks of a root whose key it does not have: text that a person reads before anything is signed.
///
/// Everything that an answer needs stands in it, so that it can be answered on a machine that has the root's key and
/// nothing else.
public struct RootRequest: Hashable, Sendable {
  public enum Act: String, Sendable, CaseIterable {
    case addAuthority = "add-authority"
    case renewAuthority = "renew-authority"
    case revokeAuthority = "revoke-authority"
    case publishList = "publish-list"
    case succeedRoot = "succeed-root"
    /// A root's key leaves the machine; `touchmark root export` takes the approval, and nothing is signed.
    case exportRoot = "export-root"
    /// A ceremony's: the first authorities of an installation that has none yet.
    case foundAuthorities = "found-authorities"
    /// After a restore. It is answered before there is a store to install it in: `touchmark restore` takes the answer.
    case openEpoch = "open-epoch"
  }

  public var id: RootRequestID
  public var organization: OrganizationID
  /// The organization as people write it.
  public var name: String
  public var act: Act
  /// An authority that comes beside those that are there.
  public struct Addition: Hashable, Sendable {
    public var name: AuthorityName
    public var purpose: AuthorityRecord.Purpose

    public init(name: AuthorityName, purpose: AuthorityRecord.Purpose) { (self.name, self.purpose) = (name, purpose) }
  }

  /// What the act is about: the authority to add, to renew or to revoke, or the root.
  public var subject: AuthorityID
  /// Only of a revocation, and of a succession because of a compromise.
  public var reason: RevocationReason?
  /// Of an addition, and of nothing else.
  public var addition: Addition?
  public var askedBy: String
  public var askedAt: Instant
  public var expiresAt: Instant
  /// The plain address that stands in certificates.
  public var address: String
  public var tasks: [RootTask]
  /// The approvers' documents for acts on a root, each a signed note, the first version first; empty where one person can
  /// act on it.
  public var approvers: [String] = []

  /// How long an answer is awaited.
  public static let lifetime = Span.days(14)
  /// Far over what any installation needs: a root and its authorities are a handful.
  static let maximumTasks = 64
  /// Versions of the approvers' document that are carried along.
  static let maximumDocuments = 16
  static let maximumOctets = 256 * 1024
}

/// One thing that a root signs.
public enum RootTask: Hashable, Sendable {
  case certify(CertifyTask)
  case list(ListTask)
  case found(FoundTask)
  case epoch(EpochTask)
}

/// A root that signs: its identifier, and the self-signed certificate that its holder compares with its own key.
public struct RootReference: Hashable, Sendable {
  public var id: AuthorityID
  public var certificate: Certificate

  public init(id: AuthorityID, certificate: Certificate) {
    (self.id, self.certificate) = (id, certificate)
  }
}

/// A certificate for an authority's key, or for another root's.
public struct CertifyTask: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The certificate that an issuing authority uses from now on.
    case authority
    /// RFC 9810 §4.4, between roots.
    case newWithOld = "new-with-old"
    case oldWithNew = "old-with-new"
  }

  public var kind: Kind
  public var issuer: RootReference
  public var subject: AuthorityID
  public var name: DistinguishedName
  public var publicKey: SubjectPublicKeyInfo
  public var notAfter: Instant
  /// A PKCS#10 request (DER) by which the key proves that whoever asks has it. Between machines that do not know each other.
  public var proof: [UInt8]?

  public init(
    _ kind: Kind, by issuer: RootReference, for subject: AuthorityID, name: DistinguishedName,
    publicKey: SubjectPublicKeyInfo, notAfter: Instant, proof: [UInt8]? = nil
  ) {
    self.proof = proof
    (self.kind, self.issuer, self.subject) = (kind, issuer, subject)
    (self.name, self.publicKey, self.notAfter) = (name, publicKey, notAfter)
  }
}

/// A root's revocation list, made ahead.
public struct ListTask: Hashable, Sendable {
  public var issuer: RootReference
  public var number: Int64
  public var nextUpdate: Instant
  /// In the order of serial numbers.
  public var entries: [CRLEntry]

  public init(by issuer: RootReference, number: Int64, nextUpdate: Instant, entries: [CRLEntry]) {
    (self.issuer, self.number, self.nextUpdate, self.entries) = (issuer, number, nextUpdate, entries)
  }
}

/// An epoch of the audit log, which a restore opens.
public struct EpochTask: Hashable, Sendable {
  public var issuer: RootReference
  public var statement: EpochStatement

  public init(by issuer: RootReference, statement: EpochStatement) {
    (self.issuer, self.statement) = (issuer, statement)
  }
}

/// A new root that waits sealed: its key, certificate and empty list, and a road to it from the root that signs.
public struct FoundTask: Hashable, Sendable {
  public var issuer: RootReference
  public var id: AuthorityID
  public var name: DistinguishedName
  public var algorithm: KeyAlgorithm
  public var nextUpdate: Instant

  public init(
    by issuer: RootReference, id: AuthorityID, name: DistinguishedName, algorithm: KeyAlgorithm, nextUpdate: Instant
  ) {
    (self.issuer, self.id, self.name) = (issuer, id, name)
    (self.algorithm, self.nextUpdate) = (algorithm, nextUpdate)
  }
}

extension RootTask {
  public var issuer: RootReference {
    switch self {
    case .certify(let task): task.issuer
    case .list(let task): task.issuer
    case .found(let task): task.issuer
    case .epoch(let task): task.issuer
    }
  }
}

extension RootRequest {
  /// The roots whose keys an answer takes, each once.
  public var issuers: [AuthorityID] {
    tasks.map(\.issuer.id).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The epoch that it asks to open; 0 when it asks for something else.
  public var epochNumber: Int {
    tasks.lazy.compactMap { if case .epoch(let task) = $0 { task.statement.epoch } else { nil } }.first ?? 0
  }

  /// The new root that an answer makes; nil when it makes none.
  public var foundedRoot: FoundTask? {
    tasks.lazy.compactMap { if case .found(let task) = $0 { task } else { nil } }.first
  }
}

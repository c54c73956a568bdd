import Approval
import AuditLog
import Credentials
import Registry
import WireFormats

/// What the checks look at: the configuration, one snapshot of the store, and ways to look at the machine and at
/// addresses. A value, so that a test can make any part of it wrong.
package struct Examination: Sendable {
  /// The data folder.
  package var path: String
  package var isDemonstration: Bool
  /// What stands in certificates; nil in a demonstration.
  package var publicHTTP: String?
  package var listenHTTPS: String
  package var listenHTTP: String
  package var limits: [String: Int]
  package var now: Instant
  package var authorities: [AuthorityRecord] = []
  /// Each authority's list, as it is published.
  package var lists: [AuthorityID: RevocationList] = [:]
  /// Current versions.
  package var profiles: [ProfileRecord] = []
  package var administrators: [Administrator] = []
  package var grants: [GrantRecord] = []
  /// For each authority a certificate that it issued and that has not expired.
  package var issued: [AuthorityID: Certificate] = [:]
  /// The newest that the server made for itself, one for each use.
  package var ownCertificates: [OwnCertificate] = []
  package var log = Log()
  package var latestBackup: Instant?
  /// Who approves acts on the root; nil where one person can act on it.
  package var rootApprovers: RootApprovers?
  /// Tokens that the configuration names, without their modules and PINs.
  package var tokens: [String] = []
  package var machine: any Machine

  package struct RootApprovers: Sendable {
    package var persons: Int
    package var threshold: Int
    package var expires: Instant

    package init(persons: Int, threshold: Int, expires: Instant) {
      (self.persons, self.threshold, self.expires) = (persons, threshold, expires)
    }
  }

  package struct Administrator: Sendable {
    package var record: AdministratorRecord
    package var certificate: CertificateRecord?
  }

  package struct OwnCertificate: Sendable {
    /// Whose it is, for people.
    package var holder: String
    package var notBefore: Instant
    package var notAfter: Instant
    package var isRevoked: Bool

    package init(holder: String, notBefore: Instant, notAfter: Instant, isRevoked: Bool = false) {
      (self.holder, self.notBefore, self.notAfter, self.isRevoked) = (holder, notBefore, notAfter, isRevoked)
    }
  }

  package struct Log: Sendable {
    package var frontier = MerkleFrontier()
    package var checkpoint: StoredCheckpoint?
    /// When the newest entry was written.
    package var newestEntry: Instant?
  }

  package init(
    path: String, isDemonstration: Bool, publicHTTP: String?, listenHTTPS: String, listenHTTP: String,
    limits: [String: Int] = [:], now: Instant, machine: any Machine
  ) {
    (self.path, self.isDemonstration, self.publicHTTP) = (path, isDemonstration, publicHTTP)
    (self.listenHTTPS, self.listenHTTP, self.limits) = (listenHTTPS, listenHTTP, limits)
    (self.now, self.machine) = (now, machine)
  }

  /// Those that issue now.
  var issuing: [AuthorityRecord] {
    authorities.filter { $0.state == .active && $0.purpose.isIssuing }
  }

  var roots: [AuthorityRecord] { authorities.filter { $0.state == .active && $0.parent == nil && $0.purpose == .root } }
}

extension Examination {
  /// Grants and administrators that are looked at.
  private static let most = 1000
  /// Certificates in which an address is looked for: those of responders state none.
  private static let mostIssued = 100
  /// Certificates of the server's own that are looked through: it makes some each week.
  private static let mostOwn = 1000

  /// With what the store says, in one snapshot.
  package func reading(_ store: any Store, _ organization: OrganizationID) async throws -> Examination {
    let examined = self
    return try await store.read { reader in
      var examined = examined
      try examined.read(reader, organization)
      return examined
    }
  }

  private mutating func read(_ reader: any StoreReader, _ organization: OrganizationID) throws {
    authorities = try reader.authorities(in: organization)
    for authority in authorities {
      lists[authority.id] = try reader.revocationList(of: authority.id, in: organization)
      let filter = CertificateFilter(authority: authority.id, expiringFrom: now)
      let page = try reader.certificates(matching: filter, after: nil, limit: Self.mostIssued, in: organization)
      let certificates = page.items.lazy.compactMap { try? Certificate(parsing: $0.encoded) }
      issued[authority.id] = certificates.first { $0.statusAddresses?.isEmpty == false }
    }
    for authority in issuing {
      if authority.purpose == .installation {
        try readOwn("installation-server", "the server", of: authority, reader)
      }
      try readOwn("installation-responder", "the responder of \(authority.id)", of: authority, reader)
    }
    profiles = try reader.profiles(in: organization)
    for record in try reader.administrators(in: organization).filter({ $0.removedAt == nil }).prefix(Self.most) {
      let certificate = try reader.certificate(fingerprint: record.fingerprint, in: organization)
      administrators.append(Administrator(record: record, certificate: certificate))
    }
    grants = try reader.grants(matching: nil, after: nil, limit: Self.most, in: organization).items
    let documents = try reader.approverDocuments(purpose: RootStatement.purpose, in: organization)
    if let note = documents.last?.note, let signed = try? SignedNote(parsing: note),
      let document = try? ApproverDocument(text: signed.text)
    {
      rootApprovers = RootApprovers(
        persons: document.persons.count, threshold: document.threshold, expires: document.expires)
    }
    log.frontier = try reader.auditFrontier(in: organization)
    log.checkpoint = try reader.latestCheckpoint(in: organization)
    latestBackup = try reader.latestBackup(in: organization)?.at
    log.newestEntry = try reader.latestAuditEntries(1, subject: nil, in: organization).last?.entry
      .flatMap { try? AuditEntry(decoding: $0) }?.at
  }

  /// The one that ends last; ended ones count where there is no other, for that is what is looked for.
  private mutating func readOwn(
    _ profile: String, _ holder: String, of authority: AuthorityRecord, _ reader: any StoreReader
  ) throws {
    let filter = CertificateFilter(
      authority: authority.id, profile: ProfileName(rawValue: profile), expiringFrom: now - .days(90))
    let page = try reader.certificates(
      matching: filter, after: nil, limit: Self.mostOwn, in: authority.organization)
    guard let newest = page.items.max(by: { $0.notAfter < $1.notAfter }) else { return }
    ownCertificates.append(
      OwnCertificate(
        holder: holder, notBefore: newest.notBefore, notAfter: newest.notAfter, isRevoked: newest.status == .revoked))
  }
}

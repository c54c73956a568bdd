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
  package var log = Log()
  package var latestBackup: Instant?
  package var machine: any Machine

  package struct Administrator: Sendable {
    package var record: AdministratorRecord
    package var certificate: CertificateRecord?
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
    authorities.filter { $0.state == .active && $0.purpose != .root && $0.purpose != .successor }
  }

  var roots: [AuthorityRecord] { authorities.filter { $0.state == .active && $0.parent == nil && $0.purpose == .root } }
}

extension Examination {
  /// Grants and administrators that are looked at.
  private static let most = 1000
  /// Certificates in which an address is looked for: those of responders state none.
  private static let mostIssued = 100

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
    profiles = try reader.profiles(in: organization)
    for record in try reader.administrators(in: organization).filter({ $0.removedAt == nil }).prefix(Self.most) {
      let certificate = try reader.certificate(fingerprint: record.fingerprint, in: organization)
      administrators.append(Administrator(record: record, certificate: certificate))
    }
    grants = try reader.grants(matching: nil, after: nil, limit: Self.most, in: organization).items
    log.frontier = try reader.auditFrontier(in: organization)
    log.checkpoint = try reader.latestCheckpoint(in: organization)
    latestBackup = try reader.latestBackup(in: organization)?.at
    log.newestEntry = try reader.latestAuditEntries(1, subject: nil, in: organization).last?.entry
      .flatMap { try? AuditEntry(decoding: $0) }?.at
  }
}

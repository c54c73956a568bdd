import Credentials
import Registry
import WireFormats

/// The authorities of an organization and what leads between them, as one read of the store has them.
struct RolloverView: Sendable {
  let organization: OrganizationRecord
  let records: [AuthorityRecord]
  let rollover: [RolloverCertificate]

  init(_ reader: any StoreReader, of organization: OrganizationID) throws {
    guard let record = try reader.organization(organization) else {
      throw Refusal(.notFound, "the store does not hold this organization")
    }
    self.organization = record
    records = try reader.authorities(in: organization)
    rollover = try reader.rolloverCertificates(in: organization)
  }

  func record(_ id: AuthorityID) throws(Refusal) -> AuthorityRecord {
    guard let record = records.first(where: { $0.id == id }) else {
      throw Refusal(.notFound, "no authority has this identifier")
    }
    return record
  }

  /// Whether somebody else's authority certified it.
  func hangsOnForeign(_ record: AuthorityRecord) -> Bool {
    records.contains { $0.id == record.parent && $0.purpose == .foreign }
  }

  /// An issuing authority that profiles use.
  func active(_ id: AuthorityID) throws(Refusal) -> AuthorityRecord {
    let record = try record(id)
    guard record.purpose != .foreign else {
      throw Refusal(.conflict, "\(id) is somebody else's, and its key is not here")
    }
    guard record.purpose.isIssuing else {
      throw Refusal(.conflict, "\(id) is a root", hint: "another root follows it by touchmark root succeed")
    }
    guard record.state == .active else {
      throw Refusal(.conflict, "\(id) is \(record.state.rawValue): another has taken its place")
    }
    return record
  }

  func root() throws(Refusal) -> AuthorityRecord {
    guard let root = records.first(where: { $0.purpose == .root && $0.state == .active }) else {
      throw Refusal(.conflict, "this organization has no active root")
    }
    return root
  }

  func successor() throws(Refusal) -> AuthorityRecord {
    guard let root = records.last(where: { $0.purpose == .successor && $0.state == .standby }) else {
      throw Refusal(.conflict, "this organization has no successor root that waits")
    }
    return root
  }

  /// What stands on a root's list: every certificate that it signed for an authority which was revoked.
  func revokedEntries(of root: AuthorityID) -> [CRLEntry] {
    var entries: [CRLEntry] = []
    for record in records {
      guard let revokedAt = record.revokedAt, record.id != root else { continue }
      let crossed = rollover.filter { $0.subject == record.id && $0.issuer == root }.map(\.certificate)
      for certificate in (record.parent == root ? [record.certificate] : []) + crossed {
        guard let serial = (try? Certificate(parsing: certificate))?.serial else { continue }
        entries.append(CRLEntry(serial: serial, revokedAt: revokedAt.wholeSecond, reason: record.revocationReason))
      }
    }
    return entries.sorted { $0.serial < $1.serial }
  }

  /// The same view after an authority was revoked.
  func revoking(_ id: AuthorityID, at time: Instant, reason: RevocationReason) -> RolloverView {
    var copy = records
    for index in copy.indices where copy[index].id == id {
      copy[index].revokedAt = time.wholeSecond
      copy[index].revocationReason = reason
    }
    return RolloverView(organization: organization, records: copy, rollover: rollover)
  }

  private init(organization: OrganizationRecord, records: [AuthorityRecord], rollover: [RolloverCertificate]) {
    (self.organization, self.records, self.rollover) = (organization, records, rollover)
  }
}

extension RootReference {
  init(_ record: AuthorityRecord) throws {
    self.init(id: record.id, certificate: try Certificate(parsing: record.certificate))
  }
}

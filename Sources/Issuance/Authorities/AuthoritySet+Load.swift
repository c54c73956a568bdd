import Credentials
import KeyCustody
import Registry

extension AuthoritySet {
  /// Every authority whose key lies in the online homes, as the store has them now. Roots are not among them.
  ///
  /// - Throws: `Refusal` when an active authority's key is missing or does not belong to its certificate.
  public static func load(
    organization: OrganizationID, addresses: Addresses, keys: any AuthorityKeys, from store: any Store
  ) async throws -> AuthoritySet {
    let read = try await store.read { reader in
      Read(
        organization: try reader.organization(organization), records: try reader.authorities(in: organization),
        rollover: try reader.rolloverCertificates(in: organization),
        sequence: try reader.latestStandingChange(in: organization))
    }
    guard let record = read.organization else { throw Refusal(.notFound, "the store does not hold this organization") }
    var loaded: [Authority] = []
    for authority in read.records where authority.purpose.isIssuing && authority.state != .standby {
      if let held = try read.authority(authority, keys: keys) { loaded.append(held) }
    }
    return AuthoritySet(
      organization: record, addresses: addresses, all: loaded, records: read.records, rollover: read.rollover,
      sequence: read.sequence)
  }

  /// What authorities' keys are sealed for.
  public static let keyPurpose = CustodyPurpose.authority
}

/// One snapshot of the store.
private struct Read: Sendable {
  let organization: OrganizationRecord?
  let records: [AuthorityRecord]
  let rollover: [RolloverCertificate]
  let sequence: Int64

  /// Nil for a retired authority without its key: its last list stands, and nobody is kept from enrolling.
  func authority(_ record: AuthorityRecord, keys: any AuthorityKeys) throws -> Authority? {
    let certificate = try Certificate(parsing: record.certificate)
    guard let publicKey = certificate.publicKey else {
      throw Refusal(.unavailable, "the public key of \(record.id) is of a kind that is not used here")
    }
    let found: (any Signer)?
    do throws(CustodyError) {
      found = try keys.authorityKey(named: record.keyName, publicKey: publicKey)
    } catch {
      guard record.state == .retired, case .noToken = error else { throw error }
      return nil
    }
    guard let signer = found else {
      guard record.state == .retired else {
        throw Refusal(.unavailable, "the key of \(record.id) is missing: \(record.keyName)")
      }
      return nil
    }
    guard publicKey == signer.publicKey else {
      throw Refusal(.unavailable, "the key of \(record.id) does not belong to its certificate")
    }
    let line = line(from: record)
    guard let root = line.last, root.parent == nil else {
      throw Refusal(.unavailable, "the root above \(record.id) is not in the store")
    }
    return Authority(
      record: record, certificate: certificate, signer: signer,
      chain: line.dropLast().map(\.certificate) + roads(to: root.id), root: root.certificate)
  }

  /// The authority and those above it, the root last; one that was continued here may be a root itself.
  private func line(from record: AuthorityRecord) -> [AuthorityRecord] {
    var line = [record]
    // Bounded by the number of records: parents that form a ring end it.
    for _ in records {
      guard let parent = line.last?.parent, let next = records.first(where: { $0.id == parent }) else { break }
      line.append(next)
    }
    return line
  }

  /// RFC 9810 §4.4: NewWithOld of the root, and of the root before it, so that one chain serves whoever holds any.
  private func roads(to root: AuthorityID) -> [[UInt8]] {
    var chain: [[UInt8]] = []
    var next = root
    while let road = rollover.first(where: { $0.kind == .newWithOld && $0.subject == next }),
      !chain.contains(road.certificate)
    {
      chain.append(road.certificate)
      // A root that an authority from elsewhere certified: what stands between that and the root above it.
      if let issuer = records.first(where: { $0.id == road.issuer }) {
        chain += line(from: issuer).dropLast().map(\.certificate)
      }
      next = road.issuer
    }
    return chain
  }
}

extension AuthorityRecord.Purpose {
  /// Whether it issues to others than authorities.
  public var isIssuing: Bool {
    switch self {
    case .root, .successor, .foreign: false
    case .idevid, .operational, .installation, .lab: true
    }
  }
}

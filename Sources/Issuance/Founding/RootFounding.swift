import Credentials
import KeyCustody
import Registry
import WireFormats

/// Makes an organization's root and the one that waits, with the road between them and their first lists. It needs no
/// store: in a ceremony it runs on a machine that has nothing else.
public struct RootFounding: Sendable {
  let organization: OrganizationRecord
  let addresses: Addresses
  let algorithm: KeyAlgorithm
  let at: Instant

  public init(organization: OrganizationRecord, addresses: Addresses, algorithm: KeyAlgorithm, at: Instant) {
    (self.organization, self.addresses, self.algorithm, self.at) = (organization, addresses, algorithm, at)
  }

  /// What `found` made, with the keys that can sign now.
  struct Made {
    let root: Authority
    let successor: Authority
    let roots: FoundedRoots
  }

  /// - Parameters:
  ///   - root: where the root's key is made.
  ///   - successor: where the key of the one that waits is made.
  public func found(root: any AuthorityKeys, successor: any AuthorityKeys) async throws -> FoundedRoots {
    try await make(root: root, successor: successor).roots
  }

  func make(root rootKeys: any AuthorityKeys, successor successorKeys: any AuthorityKeys) async throws -> Made {
    let root = try await foundRoot(.root, role: "Root R1", keys: rootKeys, state: .active)
    let successor = try await foundRoot(.successor, role: "Root R2", keys: successorKeys, state: .standby)
    let roots = FoundedRoots(
      organization: organization, addresses: addresses, root: root.record, successor: successor.record,
      road: try await road(from: root, to: successor),
      lists: [try await emptyList(root), try await emptyList(successor)])
    return Made(root: root, successor: successor, roots: roots)
  }

  private var certificates: AuthorityCertificates {
    AuthorityCertificates(organization: organization.name, addresses: addresses, now: at)
  }

  private func foundRoot(
    _ purpose: AuthorityRecord.Purpose, role: String, keys: any AuthorityKeys, state: AuthorityRecord.State
  ) async throws -> Authority {
    let id = try Founding.freshID(purpose)
    let key = try await keys.makeAuthorityKey(id.rawValue, algorithm: algorithm, in: .usual)
    let encoded = try await certificates.root(certificates.name(role), signer: key.signer)
    let certificate = try Certificate(parsing: encoded)
    let record = FoundedRoots.record(
      id, of: organization, purpose, certificate, keyName: key.name, state: state, at: at)
    return Authority(record: record, certificate: certificate, signer: key.signer, chain: [], root: encoded)
  }

  /// NewWithOld, made while both keys are at hand and shown to nobody before the successor is the root: should the root's
  /// key be lost by then, devices that know that root alone still find the next one.
  private func road(from root: Authority, to successor: Authority) async throws -> RolloverCertificate {
    let encoded = try await certificates.crossing(
      successor.certificate.subject, publicKey: successor.signer.publicKey, notAfter: .noExpiry,
      issuer: root.certificate, issuerID: root.record.id, signer: root.signer)
    return RolloverCertificate(
      organization: organization.id, subject: successor.record.id, issuer: root.record.id, kind: .newWithOld,
      certificate: encoded, notAfter: .noExpiry, createdAt: at)
  }

  /// Made ahead, since `serve` never opens a root.
  private func emptyList(_ root: Authority) async throws -> RevocationList {
    let task = ListTask(
      by: RootReference(id: root.record.id, certificate: root.certificate), number: 1,
      nextUpdate: at.wholeSecond + Founding.rootListLifetime, entries: [])
    return RevocationList(
      authority: root.record.id, number: 1, thisUpdate: at.wholeSecond, nextUpdate: task.nextUpdate,
      encoded: try await task.signed(by: root.signer, at: at))
  }
}

/// A root and the one that waits, as every machine may know them.
public struct FoundedRoots: Hashable, Sendable {
  public let organization: OrganizationRecord
  public let addresses: Addresses
  public let root: AuthorityRecord
  public let successor: AuthorityRecord
  let road: RolloverCertificate
  let lists: [RevocationList]

  static func record(
    _ id: AuthorityID, of organization: OrganizationRecord, _ purpose: AuthorityRecord.Purpose,
    _ certificate: Certificate, keyName: String, state: AuthorityRecord.State, at: Instant
  ) -> AuthorityRecord {
    AuthorityRecord(
      id: id, organization: organization.id, purpose: purpose, parent: nil, subject: certificate.subject.encoded,
      certificate: certificate.encoded, keyName: keyName, state: state, crlNumber: 0, notAfter: certificate.notAfter,
      createdAt: at)
  }
}

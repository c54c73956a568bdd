import Credentials
import KeyCustody
import Registry
import WireFormats

/// What founding records of an authority that goes on here.
struct ContinuedRecords: Sendable {
  let authority: Authority
  /// Those above it, whose keys are elsewhere.
  let above: [AuthorityRecord]
  /// This installation's root, certified by it; nil where it may not.
  let road: RolloverCertificate?
  let list: CertificateRevocationList?
}

extension Founding {
  /// Seals the key, and names the records: the operational authority, and above it those whose keys stay where they are.
  func adopt(_ continued: ContinuedAuthority, beside root: Authority) async throws -> ContinuedRecords {
    let id = try freshID(.operational)
    let signer = try keys.online.adopt(continued.key, name: id.rawValue, purpose: AuthoritySet.keyPurpose)
    let above = try recordsAbove(continued)
    let record = AuthorityRecord(
      id: id, organization: plan.organization.id, purpose: .operational, parent: above.first?.id,
      subject: continued.issuer.subject.encoded, certificate: continued.issuer.encoded, keyName: id.rawValue,
      crlNumber: continued.list?.number ?? 0, notAfter: continued.issuer.notAfter, createdAt: plan.at)
    let chain = above.isEmpty ? [] : [record.certificate] + above.dropLast().map(\.certificate)
    let authority = Authority(
      record: record, certificate: continued.issuer, signer: signer, chain: chain, root: continued.root.encoded)
    return ContinuedRecords(
      authority: authority, above: above, road: try await road(to: root, from: authority, continued),
      list: continued.list)
  }

  /// The root last in the chain of parents, and first in what is inserted by nobody's order.
  private func recordsAbove(_ continued: ContinuedAuthority) throws -> [AuthorityRecord] {
    var records: [AuthorityRecord] = []
    var parent: AuthorityID?
    for certificate in continued.above.reversed() {
      let id = try freshID(.root)
      records.append(
        AuthorityRecord(
          id: id, organization: plan.organization.id, purpose: .root, parent: parent,
          subject: certificate.subject.encoded, certificate: certificate.encoded, keyName: id.rawValue,
          state: .retired, notAfter: certificate.notAfter, createdAt: plan.at))
      parent = id
    }
    return records.reversed()
  }

  /// Devices in the field trust the old root alone: with this certificate in its chain they trust the server too.
  private func road(
    to root: Authority, from authority: Authority, _ continued: ContinuedAuthority
  ) async throws -> RolloverCertificate? {
    guard continued.certifiesRoots else { return nil }
    let encoded = try await certificates.crossing(
      root.certificate.subject, publicKey: root.signer.publicKey, notAfter: continued.issuer.notAfter,
      issuer: continued.issuer, issuerID: authority.record.id, signer: authority.signer)
    return RolloverCertificate(
      organization: plan.organization.id, subject: root.record.id, issuer: authority.record.id, kind: .newWithOld,
      certificate: encoded, notAfter: continued.issuer.notAfter, createdAt: plan.at)
  }
}

extension ContinuedRecords {
  /// Within founding's transaction; the authority's own record is inserted with the others.
  func record(in writer: any StoreWriter) throws {
    let organization = authority.record.organization
    for record in above { try writer.insert(record) }
    if let road { try writer.insert(road) }
    for entry in list?.entries ?? [] where entry.reason != .removeFromCRL {
      try writer.insertRecoveredRevocation(
        RevokedCertificate(serial: entry.serial, revokedAt: entry.revokedAt, reason: entry.reason),
        authority: authority.record.id, in: organization)
    }
  }
}

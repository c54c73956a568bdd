import Credentials
import KeyCustody
import Registry
import WireFormats

/// What an authority's old and new key sign when one follows the other.
struct AuthorityHandover: Sendable {
  let fresh: FreshAuthority
  /// Nil where the old key is lost.
  let newWithOld: RolloverCertificate?
  let oldWithNew: RolloverCertificate

  init(
    old: (record: AuthorityRecord, signer: (any Signer)?),
    new: (id: AuthorityID, certificate: Certificate, key: HeldKey),
    certificates: AuthorityCertificates
  ) async throws {
    let now = certificates.now
    let oldCertificate = try Certificate(parsing: old.record.certificate)
    fresh = try await FreshAuthority(
      new.id, as: old.record.purpose, named: old.record.givenName, certificate: new.certificate, key: new.key,
      in: old.record.organization, at: now)
    // Neither outlives the one that signs it or the one that it is about.
    let end = min(oldCertificate.notAfter, new.certificate.notAfter)
    guard let oldKey = oldCertificate.publicKey else {
      throw Refusal(.unavailable, "the public key of \(old.record.id) cannot be read")
    }
    let back = try await certificates.subordinate(
      oldCertificate.subject, publicKey: oldKey, notAfter: end, issuer: new.certificate, issuerID: new.id,
      signer: new.key.signer)
    if let oldSigner = old.signer {
      let forward = try await certificates.subordinate(
        new.certificate.subject, publicKey: new.key.signer.publicKey, notAfter: end, issuer: oldCertificate,
        issuerID: old.record.id, signer: oldSigner)
      newWithOld = RolloverCertificate(
        organization: old.record.organization, subject: new.id, issuer: old.record.id, kind: .newWithOld,
        certificate: forward, notAfter: end, createdAt: now)
    } else {
      newWithOld = nil
    }
    oldWithNew = RolloverCertificate(
      organization: old.record.organization, subject: old.record.id, issuer: new.id, kind: .oldWithNew,
      certificate: back, notAfter: end, createdAt: now)
  }

  /// The old one retires first: two of a name are never active.
  func insert(under parent: AuthorityID, in context: ActContext) throws -> AuthorityRecord {
    try context.writer.setState(.retired, ofAuthority: oldWithNew.subject, in: context.organization)
    let record = try fresh.insert(under: parent, in: context)
    if let newWithOld { try context.writer.insert(newWithOld) }
    try context.writer.insert(oldWithNew)
    return record
  }
}

import Credentials
import KeyCustody
import Registry
import WireFormats

/// What an authority's old and new key sign when one follows the other.
struct AuthorityHandover: Sendable {
  let record: AuthorityRecord
  /// Nil where the old key is lost.
  let newWithOld: RolloverCertificate?
  let oldWithNew: RolloverCertificate
  /// Empty, so that the new authority's address for lists is good from the first certificate on.
  let list: RevocationList

  /// How long the first list is valid; the next one is published within hours.
  private static let firstList = Span.hours(24)

  init(
    old: (record: AuthorityRecord, signer: (any Signer)?),
    new: (id: AuthorityID, certificate: Certificate, key: HeldKey),
    certificates: AuthorityCertificates
  ) async throws {
    let now = certificates.now
    let oldCertificate = try Certificate(parsing: old.record.certificate)
    record = AuthorityRecord(
      id: new.id, organization: old.record.organization, purpose: old.record.purpose, parent: nil,
      subject: new.certificate.subject.encoded, certificate: new.certificate.encoded, keyName: new.key.name,
      state: .active, crlNumber: 0, notAfter: new.certificate.notAfter, createdAt: now)
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
    let task = ListTask(
      by: RootReference(id: new.id, certificate: new.certificate), number: 1,
      nextUpdate: now.wholeSecond + Self.firstList, entries: [])
    list = RevocationList(
      authority: new.id, number: 1, thisUpdate: now.wholeSecond, nextUpdate: task.nextUpdate,
      encoded: try await task.signed(by: new.key.signer, at: now))
  }
}

import Credentials
import KeyCustody
import Registry
import WireFormats

/// An authority whose CRLs this process can sign.
public struct CRLAuthority: Sendable {
  public let id: AuthorityID
  /// The subject Name, DER.
  public let name: [UInt8]
  public let keyIdentifier: [UInt8]
  public let signer: any Signer

  public init(id: AuthorityID, name: [UInt8], keyIdentifier: [UInt8], signer: any Signer) {
    (self.id, self.name, self.keyIdentifier, self.signer) = (id, name, keyIdentifier, signer)
  }

  public init(id: AuthorityID, certificate: Certificate, signer: any Signer) {
    self.init(
      id: id, name: certificate.subject.encoded,
      keyIdentifier: certificate.subjectKeyIdentifier ?? signer.publicKey.keyIdentifier, signer: signer)
  }

  /// Makes and signs a full CRL. It is nobody's yet: it must be stored before anyone sees it.
  public func revocationList(
    number: Int64, thisUpdate: Instant, nextUpdate: Instant, revoked: [RevokedCertificate]
  ) async throws(SigningError) -> RevocationList {
    let contents = CRLContents(
      issuer: name, authorityKeyIdentifier: keyIdentifier, number: number, thisUpdate: thisUpdate,
      nextUpdate: nextUpdate,
      entries: revoked.map { CRLEntry(serial: $0.serial, revokedAt: $0.revokedAt, reason: $0.reason) },
      signatureAlgorithm: signer.algorithm)
    let message = contents.toBeSigned
    let signature = try await signer.sign(message)
    return RevocationList(
      authority: id, number: number, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
      encoded: contents.encode(toBeSigned: message, signature: signature))
  }
}

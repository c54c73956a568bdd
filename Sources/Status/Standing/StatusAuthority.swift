import Credentials
import Registry
import WireFormats

/// What is known in public of an authority.
public struct StatusAuthority: Sendable, Hashable {
  public let id: AuthorityID
  /// DER.
  public let certificate: [UInt8]
  /// The subject Name, DER.
  public let name: [UInt8]
  /// The octets of its subjectPublicKey BIT STRING.
  public let keyOctets: [UInt8]
  /// What its certificates and CRLs carry as authority key identifier.
  public let keyIdentifier: [UInt8]
  public let notBefore: Instant
  public let notAfter: Instant

  /// Nil for a key of an algorithm that is not used here.
  public init?(id: AuthorityID, certificate: Certificate) {
    guard let key = certificate.publicKey else { return nil }
    self.id = id
    self.certificate = certificate.encoded
    name = certificate.subject.encoded
    keyOctets = Array(key.keyOctets)
    keyIdentifier = certificate.subjectKeyIdentifier ?? key.keyIdentifier
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
  }
}

/// Authorities by the hashes that a CertID names them with.
struct AuthorityIndex: Sendable {
  private struct Key: Hashable {
    let hash: OCSPCertID.HashAlgorithm
    let name: [UInt8]
    let key: [UInt8]
  }

  private var authorities: [Key: StatusAuthority] = [:]

  init(_ authorities: [StatusAuthority]) {
    for authority in authorities {
      for hash in [OCSPCertID.HashAlgorithm.sha1, .sha256] {
        guard let name = hash.digest(authority.name), let key = hash.digest(authority.keyOctets) else { continue }
        self.authorities[Key(hash: hash, name: name, key: key)] = authority
      }
    }
  }

  /// RFC 6960 §4.1.1: name and key must both match; two authorities may share a name.
  func authority(of certificate: OCSPCertID) -> StatusAuthority? {
    authorities[
      Key(hash: certificate.hashAlgorithm, name: certificate.issuerNameHash, key: certificate.issuerKeyHash)]
  }
}

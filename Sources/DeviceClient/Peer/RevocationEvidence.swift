import Credentials
import WireFormats

/// What a device has stored, or was just shown, about which certificates still hold. Nothing in it is believed before its
/// signature is checked, under the authority that issued the certificate in question.
public struct RevocationEvidence: Sendable {
  public var lists: [CertificateRevocationList]
  /// OCSP responses: stapled (RFC 6066 §8), or fetched before.
  public var responses: [OCSPResponse]

  public init(lists: [CertificateRevocationList] = [], responses: [OCSPResponse] = []) {
    (self.lists, self.responses) = (lists, responses)
  }

  /// One word about one certificate.
  struct Finding: Sendable {
    let source: Peer.Standing.Source
    let asOf: Instant
    /// Nil when it was good.
    let revoked: (at: Instant, reason: RevocationReason?)?
  }

  /// The newest word about the certificate by its issuer; nil when there is none.
  func finding(on certificate: Certificate, issuedBy issuer: Certificate) -> Finding? {
    let found =
      lists.compactMap { Self.finding($0, certificate, issuer) }
      + responses.compactMap { Self.finding($0, certificate, issuer) }
    // Of two of one moment, the one that says revoked.
    return found.max { ($0.asOf, $0.revoked == nil ? 0 : 1) < ($1.asOf, $1.revoked == nil ? 0 : 1) }
  }

  private static func finding(
    _ list: CertificateRevocationList, _ certificate: Certificate, _ issuer: Certificate
  ) -> Finding? {
    // RFC 5280 §5.2: a list with a critical extension that is not processed here says nothing of any certificate.
    guard list.issuer == issuer.subject.encoded, list.criticalExtensions.isEmpty, issuer.maySignLists,
      let key = issuer.publicKey, list.isSigned(by: key)
    else { return nil }
    let entry = list.entry(for: certificate.serial)
    return Finding(
      source: .revocationList, asOf: list.thisUpdate, revoked: entry.map { ($0.revokedAt, $0.reason) })
  }

  private static func finding(
    _ response: OCSPResponse, _ certificate: Certificate, _ issuer: Certificate
  ) -> Finding? {
    guard let basic = response.basic, let single = basic.response(for: certificate.serial),
      let key = issuer.publicKey, isAbout(single.certificate, certificate, issuer, key),
      isSigned(basic, by: issuer, key, asOf: single.thisUpdate)
    else { return nil }
    switch single.status {
    case .good: return Finding(source: .ocsp, asOf: single.thisUpdate, revoked: nil)
    case .revoked(let at, let reason):
      return Finding(source: .ocsp, asOf: single.thisUpdate, revoked: (at, reason))
    case .unknown: return nil
    }
  }

  private static func isAbout(
    _ identifier: OCSPCertID, _ certificate: Certificate, _ issuer: Certificate, _ key: SubjectPublicKeyInfo
  ) -> Bool {
    identifier.hashAlgorithm.digest(issuer.subject.encoded) == identifier.issuerNameHash
      && identifier.hashAlgorithm.digest(key.keyOctets) == identifier.issuerKeyHash
  }

  /// RFC 6960 §4.2.2.2: by the authority itself, or by whom the same key certified for OCSPSigning. The responder's own
  /// certificate has to be valid when it spoke; later it need not be, since nobody is online.
  private static func isSigned(
    _ basic: OCSPBasicResponse, by issuer: Certificate, _ key: SubjectPublicKeyInfo, asOf: Instant
  ) -> Bool {
    if basic.isSigned(by: key) { return true }
    return basic.certificates.prefix(4).contains { encoded in
      guard let responder = try? Certificate(parsing: encoded), responder.issuer == issuer.subject,
        responder.extendedKeyUsages.contains(ExtendedKeyUsage.ocspSigning), responder.notBefore <= asOf,
        asOf <= responder.notAfter, let own = responder.publicKey
      else { return false }
      return responder.isSigned(by: key) && basic.isSigned(by: own)
    }
  }
}

extension Certificate {
  /// RFC 5280 §4.2.1.3: cRLSign, where the authority states a usage.
  fileprivate var maySignLists: Bool { keyUsage?.contains(.cRLSign) ?? true }
}

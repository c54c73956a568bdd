import Credentials
import KeyCustody
import Registry
import WireFormats

/// Certificates of authorities (RFC 5280 §4.2): a self-signed root, and authorities directly under it.
struct AuthorityCertificates {
  let organization: String
  let addresses: Addresses
  let now: Instant

  /// Names stay under the 64 characters of a CommonName (RFC 5280, ub-common-name).
  func name(_ role: String) -> DistinguishedName {
    DistinguishedName([
      DistinguishedName.Attribute(type: AttributeType.organization, value: organization),
      DistinguishedName.Attribute(type: AttributeType.commonName, value: "\(organization) \(role)"),
    ])
  }

  /// A root never ends, since the certificates under it (IEEE 802.1AR) never do.
  func root(_ role: String, signer: any Signer) async throws(Refusal) -> [UInt8] {
    let subject = name(role)
    let template = try template(
      issuer: subject, issuerKeyIdentifier: nil, signer: signer, issuerNotAfter: nil, neverExpires: true,
      extensions: [.basicConstraints(isAuthority: true, pathLength: nil), .keyUsage([.keyCertSign, .cRLSign])])
    return try await template.certify(
      fields(subject: subject, publicKey: signer.publicKey, notAfter: .noExpiry), signer: signer)
  }

  /// An authority that signs end entities and no further authority: path length 0.
  func subordinate(
    _ role: String, publicKey: SubjectPublicKeyInfo, notAfter: Instant, root: Certificate, rootID: AuthorityID,
    rootSigner: any Signer
  ) async throws(Refusal) -> [UInt8] {
    let template = try template(
      issuer: root.subject, issuerKeyIdentifier: root.subjectKeyIdentifier, signer: rootSigner,
      issuerNotAfter: root.notAfter, neverExpires: notAfter == .noExpiry,
      extensions: [
        .basicConstraints(isAuthority: true, pathLength: 0), .keyUsage([.keyCertSign, .cRLSign]),
        .crlDistributionPoints(addresses.crl(rootID)),
        .authorityInformationAccess(ocsp: [], issuers: [addresses.certificate(rootID)]),
      ])
    return try await template.certify(
      fields(subject: name(role), publicKey: publicKey, notAfter: notAfter), signer: rootSigner)
  }

  private func template(
    issuer: DistinguishedName, issuerKeyIdentifier: [UInt8]?, signer: any Signer, issuerNotAfter: Instant?,
    neverExpires: Bool, extensions: [CertificateExtension]
  ) throws(Refusal) -> CertificateTemplate {
    do {
      return try CertificateTemplate(
        issuer: issuer, issuerKeyIdentifier: issuerKeyIdentifier, signatureAlgorithm: signer.algorithm,
        issuerNotAfter: issuerNotAfter, extensions: extensions, limits: LintLimits(neverExpires: neverExpires))
    } catch {
      throw Refusal.lint(error)
    }
  }

  private func fields(
    subject: DistinguishedName, publicKey: SubjectPublicKeyInfo, notAfter: Instant
  ) -> CertificateFields {
    var random = SystemRandomNumberGenerator()
    return CertificateFields(
      serial: SerialNumber(at: now, random: &random), notBefore: now.wholeSecond - .hours(1), notAfter: notAfter,
      subject: subject, subjectAlternativeNames: [], publicKey: publicKey, extensions: [])
  }
}

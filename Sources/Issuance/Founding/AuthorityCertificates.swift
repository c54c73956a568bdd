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
  func root(_ subject: DistinguishedName, signer: any Signer) async throws(Refusal) -> [UInt8] {
    let template = try template(
      issuer: subject, issuerKeyIdentifier: nil, signer: signer, issuerNotAfter: nil, neverExpires: true,
      extensions: [.basicConstraints(isAuthority: true, pathLength: nil), .keyUsage([.keyCertSign, .cRLSign])])
    return try await template.certify(
      fields(subject: subject, publicKey: signer.publicKey, notAfter: .noExpiry), signer: signer)
  }

  /// An authority that signs end entities and no further authority: path length 0.
  ///
  /// - Parameter name: of a renewed authority the one that it had, as RFC 9810 §4.4 has it, so that the certificates
  ///   between its old and its new key are self-issued and no path becomes too long (RFC 5280 §6.1.4 (l)).
  func subordinate(
    _ name: DistinguishedName, publicKey: SubjectPublicKeyInfo, notAfter: Instant, issuer: Certificate,
    issuerID: AuthorityID, signer: any Signer
  ) async throws(Refusal) -> [UInt8] {
    try await certify(
      name, publicKey: publicKey, pathLength: 0, notAfter: notAfter, issuer: issuer, issuerID: issuerID, signer: signer)
  }

  /// One root's key, certified by another root (RFC 9810 §4.4: NewWithOld and OldWithNew).
  func crossing(
    _ name: DistinguishedName, publicKey: SubjectPublicKeyInfo, notAfter: Instant, issuer: Certificate,
    issuerID: AuthorityID, signer: any Signer
  ) async throws(Refusal) -> [UInt8] {
    try await certify(
      name, publicKey: publicKey, pathLength: nil, notAfter: notAfter, issuer: issuer, issuerID: issuerID,
      signer: signer)
  }

  private func certify(
    _ name: DistinguishedName, publicKey: SubjectPublicKeyInfo, pathLength: Int?, notAfter: Instant,
    issuer: Certificate, issuerID: AuthorityID, signer: any Signer
  ) async throws(Refusal) -> [UInt8] {
    let template = try template(
      issuer: issuer.subject, issuerKeyIdentifier: issuer.subjectKeyIdentifier, signer: signer,
      issuerNotAfter: issuer.notAfter, neverExpires: notAfter == .noExpiry,
      extensions: [
        .basicConstraints(isAuthority: true, pathLength: pathLength), .keyUsage([.keyCertSign, .cRLSign]),
        .crlDistributionPoints(addresses.crl(issuerID)),
        .authorityInformationAccess(ocsp: [], issuers: [addresses.certificate(issuerID)]),
      ])
    return try await template.certify(fields(subject: name, publicKey: publicKey, notAfter: notAfter), signer: signer)
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

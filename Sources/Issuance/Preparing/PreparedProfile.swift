import Credentials
import Registry
import WireFormats

/// A profile bound to the authority that issues under it, with the certificate's fixed parts assembled and linted once.
public struct PreparedProfile: Sendable {
  public let profile: Profile
  public let authority: Authority
  let template: CertificateTemplate

  /// - Throws: the rule of RFC 5280 or of the profile that every certificate made so would break.
  public init(profile: Profile, authorities: AuthoritySet) throws(Refusal) {
    guard let authority = authorities.active(profile.authority) else {
      throw Self.missing(profile.authority)
    }
    guard authority.record.purpose.servesDevices else {
      throw Refusal(.policy, "the authority \(profile.authority) issues to no devices", rule: "authority")
    }
    if case .noExpiry = profile.validity, authority.certificate.notAfter < .noExpiry {
      throw Refusal(
        .policy, "the authority \(profile.authority) ends, and nothing outlives its issuer", rule: "validity",
        hint: "give the profile a validity, or an authority of the kind idevid")
    }
    self.profile = profile
    self.authority = authority
    do {
      template = try CertificateTemplate(
        issuer: authority.certificate.subject, issuerKeyIdentifier: authority.certificate.subjectKeyIdentifier,
        signatureAlgorithm: authority.signer.algorithm, issuerNotAfter: authority.certificate.notAfter,
        extensions: Self.extensions(of: profile, authority: authority, addresses: authorities.addresses),
        limits: Self.limits(of: profile))
    } catch {
      throw Refusal.lint(error)
    }
  }

  private static func missing(_ name: AuthorityName) -> Refusal {
    guard name.isReserved else {
      return Refusal(
        .conflict, "this installation has no authority \(name)", hint: "touchmark authority add \(name) makes one")
    }
    return Refusal(
      .unavailable, "this installation has no \(name) authority", hint: name == .lab ? "init --lab makes one" : nil)
  }

  private static func limits(of profile: Profile) -> LintLimits {
    switch profile.validity {
    case .lasting(let span):
      LintLimits(
        maximumValidity: Span(milliseconds: span.milliseconds + profile.backdate.milliseconds),
        keyAlgorithms: Set(profile.keys))
    case .noExpiry: LintLimits(neverExpires: true, keyAlgorithms: Set(profile.keys))
    }
  }

  /// What does not change from certificate to certificate. SAN and SKI are added by the template.
  private static func extensions(
    of profile: Profile, authority: Authority, addresses: Addresses
  ) -> [CertificateExtension] {
    let id = authority.record.id
    var extensions: [CertificateExtension] = [.keyUsage(profile.keyUsage)]
    if !profile.extendedKeyUsages.isEmpty { extensions.append(.extendedKeyUsage(profile.extendedKeyUsages)) }
    if !profile.policies.isEmpty { extensions.append(.certificatePolicies(profile.policies)) }
    if profile.statesCRL { extensions.append(.crlDistributionPoints(addresses.crl(id))) }
    if profile.noRevocationAvailable { extensions.append(.noRevAvail) }
    extensions.append(
      .authorityInformationAccess(
        ocsp: profile.statesOCSP ? [addresses.ocsp] : [], issuers: [addresses.certificate(id)]))
    return extensions + profile.extensions
  }

  /// Prepares and lints one certificate, and has it signed. What was linted is what is signed.
  package func sign(
    _ decision: Decision, publicKey: SubjectPublicKeyInfo, serial: SerialNumber
  ) async throws(Refusal) -> [UInt8] {
    try await template.certify(
      fields(of: decision, publicKey: publicKey, serial: serial), signer: authority.signer)
  }
}

extension PreparedProfile {
  /// Would it pass? Prepares and lints, and lets the result go unsigned.
  func lint(_ decision: Decision, publicKey: SubjectPublicKeyInfo, at now: Instant) throws(Refusal) {
    var random = SystemRandomNumberGenerator()
    do {
      _ = try template.prepare(
        fields(of: decision, publicKey: publicKey, serial: SerialNumber(at: now, random: &random)))
    } catch {
      throw Refusal.lint(error)
    }
  }

  private func fields(
    of decision: Decision, publicKey: SubjectPublicKeyInfo, serial: SerialNumber
  ) -> CertificateFields {
    CertificateFields(
      serial: serial, notBefore: decision.notBefore, notAfter: decision.notAfter, subject: decision.subject,
      subjectAlternativeNames: decision.subjectAlternativeNames, publicKey: publicKey, extensions: [])
  }
}

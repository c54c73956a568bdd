import AuditLog
import Credentials
import KeyCustody
import Registry
import WireFormats

/// A certificate of the installation itself, signed and not yet recorded.
public struct InstallationCertificate: Sendable {
  public let encoded: [UInt8]
  public let serial: SerialNumber
  public let notAfter: Instant
  let recordValue: CertificateRecord
  let at: Instant

  public var fingerprint: [UInt8] { recordValue.fingerprint }

  /// Within the transaction that makes it count.
  public func record(in writer: any StoreWriter, door: Door) throws {
    try writer.insert(recordValue)
    try writer.append(
      AuditEntry(
        at: at, actor: Actor.installation.name, door: door.rawValue, act: "certificate.issue",
        subject: "certificate:\(serial)", outcome: "ok", reason: nil,
        details: [
          "authority": recordValue.authority.rawValue, "profile": recordValue.profile.rawValue,
          "subject": recordValue.name, "not_after": notAfter.description,
        ]),
      in: recordValue.organization)
  }
}

extension CertificateRecord {
  /// Whether it is an administrator's, the server's, or one that signs for an authority. Some of these are under the
  /// authority that they sign for: the profile tells, which no other may be called after (`ProfileDocument`).
  var isInstallations: Bool {
    purpose == AuthorityRecord.Purpose.installation.rawValue
      || profile.rawValue.hasPrefix(InstallationCertificates.profilePrefix)
  }

  /// Whether it names the same person or machine of the installation, as a renewal with the same key does.
  func isSameSubject(as certificate: InstallationCertificate) -> Bool {
    let own = certificate.recordValue
    return purpose == own.purpose && profile == own.profile && name == own.name
  }
}

/// Certificates that no device door reaches: administrators', the server's own, OCSP responders'.
public struct InstallationCertificates: Sendable {
  /// id-kp-cmcRA (RFC 6402 §2.10): an EST server shows it (RFC 7030 §3.6.1), and no device profile grants it.
  static let cmcRegistrationAuthority = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 28])
  /// id-kp-cmcCA (RFC 6402 §2.10, RFC 9810 §4.5): signs an authority's CMP messages; no device profile grants it either.
  static let cmcAuthority = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 27])
  /// id-kp-cmKGA (RFC 9810 §4.5): signs the private keys that an authority made for devices.
  static let keyGenerationAuthority = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 32])
  static let serverAuthentication = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])
  static let clientAuthentication = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 2])
  static let ocspSigning = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 9])

  static let profilePrefix = "installation"
  static let registrationAuthorityProfile = "installation-registration-authority"

  public static let serverLifetime = Span.days(30)
  public static let administratorLifetime = Span.days(365)
  public static let responderLifetime = Span.days(7)
  public static let registrationAuthorityLifetime = Span.days(90)

  let authority: Authority
  let addresses: Addresses

  public init(authority: Authority, addresses: Addresses) {
    self.authority = authority
    self.addresses = addresses
  }

  /// - Parameter isRegistrationAuthority: then the certificate says so, for whoever asks; what it may do here stands in
  ///   its record alone.
  public func administrator(
    _ name: String, isRegistrationAuthority: Bool = false, publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: isRegistrationAuthority ? Self.registrationAuthorityProfile : "installation-administrator",
      commonName: name, names: [], publicKey: publicKey,
      extensions: [
        .keyUsage([.digitalSignature]),
        .extendedKeyUsage(
          [Self.clientAuthentication] + (isRegistrationAuthority ? [Self.cmcRegistrationAuthority] : [])),
      ] + status,
      lifetime: Self.administratorLifetime, at: now)
  }

  /// Every name that the server answers to goes into SAN; TLS clients look nowhere else.
  public func server(
    _ names: [GeneralName], publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: "installation-server", commonName: "touchmark", names: names, publicKey: publicKey,
      extensions: [
        .keyUsage([.digitalSignature]),
        .extendedKeyUsage([Self.serverAuthentication, Self.cmcRegistrationAuthority]),
      ] + status, lifetime: Self.serverLifetime, at: now)
  }

  /// RFC 6960 §4.2.2.2: a delegated responder under the same key as what it answers for, with nocheck.
  public func responder(
    publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: "installation-responder", commonName: "OCSP responder", names: [], publicKey: publicKey,
      extensions: [.keyUsage([.digitalSignature]), .extendedKeyUsage([Self.ocspSigning]), .ocspNoCheck],
      lifetime: Self.responderLifetime, at: now)
  }

  /// What signs the authority's CMP messages, so that its own key signs certificates and lists alone.
  public func messageProtection(
    publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: "installation-cmp", commonName: "CMP server", names: [], publicKey: publicKey,
      extensions: [.keyUsage([.digitalSignature]), .extendedKeyUsage([Self.cmcAuthority])] + status,
      lifetime: Self.responderLifetime, at: now)
  }

  /// RFC 9483 §4.1.6: what signs the keys that are made here for devices. There is none before a profile allows that.
  public func keyGeneration(
    publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: "installation-key-generation", commonName: "Key generation authority", names: [], publicKey: publicKey,
      extensions: [.keyUsage([.digitalSignature]), .extendedKeyUsage([Self.keyGenerationAuthority])] + status,
      lifetime: Self.responderLifetime, at: now)
  }

  /// RFC 8894 §2.1.2: opens what clients encrypt, and signs what they are answered. Its purposes make no TLS client or
  /// server of it; without emailProtection, clients that verify with OpenSSL's PKCS #7 refuse its signatures.
  public func registrationAuthority(
    publicKey: SubjectPublicKeyInfo, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    try await issue(
      profile: "installation-scep", commonName: "SCEP registration authority", names: [], publicKey: publicKey,
      extensions: [
        .keyUsage([.digitalSignature, .keyEncipherment]),
        .extendedKeyUsage([Self.cmcRegistrationAuthority, ExtendedKeyUsage.emailProtection]),
      ] + status, lifetime: Self.registrationAuthorityLifetime, at: now)
  }

  private var status: [CertificateExtension] {
    let id = authority.record.id
    return [
      .crlDistributionPoints(addresses.crl(id)),
      .authorityInformationAccess(ocsp: [addresses.ocsp], issuers: [addresses.certificate(id)]),
    ]
  }

  private func issue(
    profile: String, commonName: String, names: [GeneralName], publicKey: SubjectPublicKeyInfo,
    extensions: [CertificateExtension], lifetime: Span, at now: Instant
  ) async throws(Refusal) -> InstallationCertificate {
    guard let profileName = ProfileName(rawValue: profile) else { throw Refusal(.unavailable, "no such profile") }
    var random = SystemRandomNumberGenerator()
    let fields = CertificateFields(
      serial: SerialNumber(at: now, random: &random), notBefore: now.wholeSecond - .hours(1),
      notAfter: min(now.wholeSecond + lifetime, authority.certificate.notAfter),
      subject: DistinguishedName([DistinguishedName.Attribute(type: AttributeType.commonName, value: commonName)]),
      subjectAlternativeNames: names, publicKey: publicKey, extensions: [])
    let encoded = try await template(extensions).certify(fields, signer: authority.signer)
    let record = CertificateRecord(
      organization: authority.record.organization, authority: authority.record.id, serial: fields.serial, device: nil,
      name: fields.subject.description, profile: profileName, profileVersion: 1, fingerprint: Fingerprint.of(encoded),
      keyHash: publicKey.keyHash, encoded: encoded, notBefore: fields.notBefore, notAfter: fields.notAfter,
      issuedAt: now, door: Door.command.rawValue, principal: Actor.installation.name, grant: nil,
      parentFingerprint: nil, keyOrigin: .software, purpose: authority.record.purpose.rawValue, status: .good)
    return InstallationCertificate(
      encoded: encoded, serial: fields.serial, notAfter: fields.notAfter, recordValue: record, at: now)
  }

  private func template(_ extensions: [CertificateExtension]) throws(Refusal) -> CertificateTemplate {
    do {
      return try CertificateTemplate(
        issuer: authority.certificate.subject, issuerKeyIdentifier: authority.certificate.subjectKeyIdentifier,
        signatureAlgorithm: authority.signer.algorithm, issuerNotAfter: authority.certificate.notAfter,
        extensions: extensions, limits: LintLimits())
    } catch {
      throw Refusal.lint(error)
    }
  }
}

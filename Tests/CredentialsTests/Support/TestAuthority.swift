import Credentials
import WireFormats

/// A small authority for tests.
struct TestAuthority {
  let key: TestKey
  let name: DistinguishedName
  let certificate: Certificate

  static let now = Instant(seconds: 1_795_250_100)
  static let limits = LintLimits()

  /// A root, or an authority under another one.
  init(
    _ name: String, under parent: TestAuthority? = nil, algorithm: KeyAlgorithm = .p256, pathLength: Int? = nil,
    limits: LintLimits = limits,
    notBefore: Instant = now - .days(1), notAfter: Instant = now + .days(3650),
    extensions: [CertificateExtension]? = nil
  ) throws {
    key = try TestKey(algorithm)
    self.name = DistinguishedName([.init(type: AttributeType.commonName, value: name)])
    let signer = parent?.key ?? key
    let template = try CertificateTemplate(
      issuer: parent?.name ?? self.name, issuerKeyIdentifier: parent?.key.publicKey.keyIdentifier,
      signatureAlgorithm: signer.publicKey.algorithm.signatureAlgorithm,
      issuerNotAfter: parent?.certificate.notAfter,
      extensions: extensions ?? [
        .basicConstraints(isAuthority: true, pathLength: pathLength), .keyUsage([.keyCertSign, .cRLSign]),
      ], limits: limits)
    let linted = try template.prepare(
      CertificateFields(
        serial: Self.serial(), notBefore: notBefore, notAfter: notAfter, subject: self.name, publicKey: key.publicKey))
    certificate = try Certificate(parsing: signer.sign(linted))
  }

  func template(
    _ extensions: [CertificateExtension] = Self.deviceExtensions, limits: LintLimits = limits
  ) throws(LintFailure) -> CertificateTemplate {
    try CertificateTemplate(
      issuer: name, issuerKeyIdentifier: key.publicKey.keyIdentifier,
      signatureAlgorithm: key.publicKey.algorithm.signatureAlgorithm, issuerNotAfter: certificate.notAfter,
      extensions: extensions, limits: limits)
  }

  func issue(
    _ fields: CertificateFields, extensions: [CertificateExtension] = Self.deviceExtensions
  ) throws -> Certificate {
    try Certificate(parsing: key.sign(template(extensions).prepare(fields)))
  }

  static let deviceExtensions: [CertificateExtension] = [
    .basicConstraints(isAuthority: false), .keyUsage(.digitalSignature),
    .extendedKeyUsage([ExtendedKeyUsage.clientAuth]),
    .crlDistributionPoints("http://status.example:8080/crl/operational.crl"),
    .authorityInformationAccess(
      ocsp: ["http://status.example:8080/ocsp"], issuers: ["http://status.example:8080/ca/operational.cer"]),
    .certificatePolicies([ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, 1])]),
  ]

  static func serial() -> SerialNumber {
    var random = SystemRandomNumberGenerator()
    return SerialNumber(at: now, random: &random)
  }

  static func subject(_ serial: String = "PUMP-7") -> DistinguishedName {
    DistinguishedName([
      .init(type: AttributeType.serialNumber, value: serial), .init(type: AttributeType.commonName, value: serial),
    ])
  }

  static func fields(
    subject: DistinguishedName = subject(), names: [GeneralName] = [], key: SubjectPublicKeyInfo? = nil,
    notBefore: Instant = now - .hours(1), notAfter: Instant = now + .days(7),
    extensions: [CertificateExtension] = []
  ) -> CertificateFields {
    CertificateFields(
      serial: serial(), notBefore: notBefore, notAfter: notAfter, subject: subject, subjectAlternativeNames: names,
      publicKey: key ?? TestKey.device.publicKey, extensions: extensions)
  }
}

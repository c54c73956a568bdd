import WireFormats

/// Everything that the certificates of one profile under one authority share, encoded and linted once.
///
/// `prepare` lints what varies and assembles a TBSCertificate by appending: each length is known before its value is
/// written, so nothing is moved, and the fixed parts are copied as they stand.
public struct CertificateTemplate: Sendable {
  public let issuer: DistinguishedName
  public let signatureAlgorithm: SignatureAlgorithm
  public let issuerNotAfter: Instant?
  public let limits: LintLimits
  /// The fixed extensions, AuthorityKeyIdentifier first where there is one.
  public let extensions: [CertificateExtension]

  let facts: ExtensionFacts
  /// The signature's AlgorithmIdentifier, then the issuer's name.
  private let algorithmAndIssuer: [UInt8]
  private let encodedExtensions: [UInt8]

  /// Runs every rule on extensions.
  ///
  /// - Parameters:
  ///   - issuerKeyIdentifier: Written as AuthorityKeyIdentifier; nil only for a self-signed certificate.
  ///   - issuerNotAfter: The end of the issuer's own certificate; nil only for a self-signed certificate.
  ///   - extensions: Without SubjectKeyIdentifier, SubjectAltName and AuthorityKeyIdentifier, which are written here.
  public init(
    issuer: DistinguishedName, issuerKeyIdentifier: [UInt8]?, signatureAlgorithm: SignatureAlgorithm,
    issuerNotAfter: Instant?, extensions: [CertificateExtension], limits: LintLimits = LintLimits()
  ) throws(LintFailure) {
    let authority = issuerKeyIdentifier.map { [CertificateExtension.authorityKeyIdentifier($0)] } ?? []
    self.issuer = issuer
    self.signatureAlgorithm = signatureAlgorithm
    self.issuerNotAfter = issuerNotAfter
    self.limits = limits
    self.extensions = authority + extensions
    algorithmAndIssuer = signatureAlgorithm.algorithmIdentifier + issuer.encoded
    encodedExtensions = self.extensions.flatMap(\.encoded)
    try LintRules.check(issuer: issuer)
    facts = try ExtensionFacts(self.extensions)
    try LintRules.check(facts)
  }

  /// Runs every rule on what varies, and assembles.
  public func prepare(_ fields: CertificateFields) throws(LintFailure) -> Linted {
    if fields.extensions.isEmpty {
      try LintRules.check(CertificateFacts(fields: fields, extensions: facts, template: self))
    } else {
      let all = try ExtensionFacts(extensions + fields.extensions)
      try LintRules.check(all)
      try LintRules.check(CertificateFacts(fields: fields, extensions: all, template: self))
    }
    return Linted(toBeSigned: assemble(fields), signatureAlgorithm: signatureAlgorithm)
  }

  /// RFC 5280 §4.1.2.1: `[0] EXPLICIT Version`, v3.
  private static let version: [UInt8] = [0xA0, 0x03, 0x02, 0x01, 0x02]
  /// SubjectKeyIdentifier up to the 20 octets of SHA-1.
  private static let subjectKeyIdentifier: [UInt8] = [
    0x30, 0x1D, 0x06, 0x03, 0x55, 0x1D, 0x0E, 0x04, 0x16, 0x04, 0x14,
  ]

  private func assemble(_ fields: CertificateFields) -> [UInt8] {
    let variable = variableExtensions(fields)
    let serialLength = fields.serial.bytes.count + ((fields.serial.bytes.first ?? 0) >= 0x80 ? 1 : 0)
    let validityLength = DERWriter.timeLength(fields.notBefore) + DERWriter.timeLength(fields.notAfter)
    let extensionsLength = encodedExtensions.count + variable.count
    let wrappedLength = DERWriter.headerLength(extensionsLength) + extensionsLength
    let length =
      Self.version.count + DERWriter.headerLength(serialLength) + serialLength + algorithmAndIssuer.count
      + DERWriter.headerLength(validityLength) + validityLength + fields.subject.encoded.count
      + fields.publicKey.encoded.count + DERWriter.headerLength(wrappedLength) + wrappedLength

    var writer = DERWriter(capacity: DERWriter.headerLength(length) + length)
    writer.header(DERTag.sequence, length: length)
    writer.raw(Self.version)
    writer.unsignedInteger(fields.serial.bytes)
    writer.raw(algorithmAndIssuer)
    writer.header(DERTag.sequence, length: validityLength)
    writer.time(fields.notBefore)
    writer.time(fields.notAfter)
    writer.raw(fields.subject.encoded)
    writer.raw(fields.publicKey.encoded)
    writer.header(DERTag.contextConstructed(3), length: wrappedLength)
    writer.header(DERTag.sequence, length: extensionsLength)
    writer.raw(encodedExtensions)
    writer.raw(variable)
    return writer.bytes
  }

  private func variableExtensions(_ fields: CertificateFields) -> [UInt8] {
    var writer = DERWriter(capacity: 192)
    writer.raw(Self.subjectKeyIdentifier)
    writer.raw(fields.publicKey.keyIdentifier)
    if !fields.subjectAlternativeNames.isEmpty {
      // RFC 5280 §4.2.1.6: critical exactly when the subject is empty.
      CertificateExtension.subjectAlternativeName(
        fields.subjectAlternativeNames, critical: fields.subject.isEmpty
      ).write(to: &writer)
    }
    for item in fields.extensions { item.write(to: &writer) }
    return writer.bytes
  }
}

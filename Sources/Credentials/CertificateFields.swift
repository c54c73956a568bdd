import WireFormats

/// What differs from one certificate of a profile to the next.
///
/// `CertificateTemplate.prepare` adds SubjectKeyIdentifier and, where there are names, SubjectAltName.
public struct CertificateFields: Sendable {
  public var serial: SerialNumber
  /// Cut to a whole second.
  public var notBefore: Instant
  /// Cut to a whole second; `Instant.noExpiry` for none.
  public var notAfter: Instant
  public var subject: DistinguishedName
  public var subjectAlternativeNames: [GeneralName]
  public var publicKey: SubjectPublicKeyInfo
  /// Beyond the template's own. Leave empty where possible: any here make the extension rules run once more.
  public var extensions: [CertificateExtension]

  public init(
    serial: SerialNumber, notBefore: Instant, notAfter: Instant, subject: DistinguishedName,
    subjectAlternativeNames: [GeneralName] = [], publicKey: SubjectPublicKeyInfo,
    extensions: [CertificateExtension] = []
  ) {
    (self.serial, self.notBefore, self.notAfter) = (serial, notBefore, notAfter)
    (self.subject, self.subjectAlternativeNames) = (subject, subjectAlternativeNames)
    (self.publicKey, self.extensions) = (publicKey, extensions)
  }
}

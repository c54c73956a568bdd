import Credentials
import Foundation
import KeyCustody
import WireFormats

/// One self-signed authority with its key in memory: enough to sign what verifiers are asked about.
public struct SmallAuthority: Sendable {
  public let key: SoftwareKey
  public let certificate: Certificate

  /// - Parameter now: Its certificate is valid from one day before, for ten years.
  public init(_ algorithm: KeyAlgorithm = .p256, name: String = "Test Authority", at now: Instant = .present) throws {
    key = try SoftwareKey.generate(algorithm)
    let subject = DistinguishedName([.init(type: AttributeType.commonName, value: name)])
    let template = try CertificateTemplate(
      issuer: subject, issuerKeyIdentifier: nil, signatureAlgorithm: key.algorithm, issuerNotAfter: nil,
      extensions: [.basicConstraints(isAuthority: true), .keyUsage([.keyCertSign, .cRLSign])])
    var random = SystemRandomNumberGenerator()
    let linted = try template.prepare(
      CertificateFields(
        serial: SerialNumber(at: now, random: &random), notBefore: now - .days(1), notAfter: now + .days(3650),
        subject: subject, publicKey: key.publicKey))
    let signature = try key.signature(over: linted.toBeSigned)
    certificate = try Certificate(parsing: linted.certificate(signature: signature))
  }

  /// Issues for a key, from an hour before `now`.
  public func issue(
    _ name: String, serialNumber: String? = nil, key subjectKey: SubjectPublicKeyInfo? = nil, names: [GeneralName] = [],
    extensions: [CertificateExtension]? = nil, lifetime: Span = .days(7), at now: Instant = .present
  ) throws -> Certificate {
    let template = try CertificateTemplate(
      issuer: certificate.subject, issuerKeyIdentifier: key.publicKey.keyIdentifier, signatureAlgorithm: key.algorithm,
      issuerNotAfter: certificate.notAfter,
      extensions: extensions ?? [.keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.clientAuth])])
    var random = SystemRandomNumberGenerator()
    let publicKey = try subjectKey ?? SoftwareKey.generate(.p256).publicKey
    let linted = try template.prepare(
      CertificateFields(
        serial: SerialNumber(at: now, random: &random), notBefore: now - .hours(1), notAfter: now + lifetime,
        subject: DistinguishedName(
          [.init(type: AttributeType.commonName, value: name)]
            + (serialNumber.map { [.init(type: AttributeType.serialNumber, value: $0)] } ?? [])),
        subjectAlternativeNames: names, publicKey: publicKey))
    let signature = try key.signature(over: linted.toBeSigned)
    return try Certificate(parsing: linted.certificate(signature: signature))
  }

  /// What RFC 6960 §4.2.2.2 asks of a delegated responder's certificate.
  public static let responderExtensions: [CertificateExtension] = [
    .keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.ocspSigning]), .ocspNoCheck,
  ]

  public func responderCertificate(
    for key: SubjectPublicKeyInfo, lifetime: Span = .days(7), at now: Instant = .present
  ) throws -> Certificate {
    try issue("Responder", key: key, extensions: Self.responderExtensions, lifetime: lifetime, at: now)
  }
}

extension Instant {
  /// The machine's time.
  public static var present: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

import Credentials
import WireFormats

/// What a certificate or a request says, for reading.
package enum CertificateText {
  package static func render(_ certificate: Certificate, now: Instant) -> String {
    let facts: [(String, String?)] =
      [
        ("subject", text(certificate.subject)), ("issuer", text(certificate.issuer)),
        ("serial number", certificate.serial.description),
        ("valid", validity(certificate, now: now)),
        ("key", AlgorithmText.key(certificate.subjectPublicKeyInfo)),
        ("signature", AlgorithmText.signature(certificate.encoded)),
      ] + names(certificate.subjectAlternativeNames) + rights(certificate) + status(certificate)
      + others(certificate.extensions) + [("SHA-256", Hex.encode(certificate.fingerprint))]
    return "certificate\n" + Table.facts(facts)
  }

  package static func render(_ request: CertificationRequest) -> String {
    var facts: [(String, String?)] = [
      ("subject", text(request.subject)), ("key", AlgorithmText.key(request.publicKey.encoded)),
      ("signature", AlgorithmText.signature(request.encoded)),
      (
        "possession",
        request.verifyProofOfPossession() ? "proven: signed by its key" : "not proven: the signature is wrong"
      ),
    ]
    facts += names(request.subjectAlternativeNames)
    facts.append(("key usage", request.keyUsage?.names.joined(separator: ", ")))
    facts.append(("purposes", purposes(request.extendedKeyUsages)))
    facts += others(request.extensions)
    facts.append(("challenge", request.challengePassword.map { _ in "a challengePassword, not shown" }))
    return "request\n" + Table.facts(facts)
  }

  private static func text(_ name: DistinguishedName) -> String { name.isEmpty ? "(empty)" : name.description }

  private static func validity(_ certificate: Certificate, now: Instant) -> String {
    let span = "\(ReadableTime.minute(certificate.notBefore)) to \(ReadableTime.minute(certificate.notAfter))"
    if now < certificate.notBefore {
      return span + ", begins \(ReadableTime.distance(to: certificate.notBefore, from: now))"
    }
    guard certificate.notAfter < Instant.noExpiry.wholeSecond else { return span }
    let end = ReadableTime.distance(to: certificate.notAfter, from: now)
    return span + (certificate.notAfter < now ? ", expired \(end)" : ", expires \(end)")
  }

  private static func names(_ names: [GeneralName]) -> [(String, String?)] {
    [("also named", names.map(\.description).joined(separator: ", "))]
  }

  private static func rights(_ certificate: Certificate) -> [(String, String?)] {
    let depth = certificate.pathLength.map { ", path length \($0)" } ?? ""
    return [
      ("authority", certificate.isAuthority ? "yes\(depth)" : nil),
      ("key usage", certificate.keyUsage?.names.joined(separator: ", ")),
      ("purposes", purposes(certificate.extendedKeyUsages)),
      ("key identifier", certificate.subjectKeyIdentifier.map(Hex.encode)),
      ("issuer's key", certificate.authorityKeyIdentifier.map(Hex.encode)),
    ]
  }

  private static func purposes(_ purposes: [ObjectIdentifier]) -> String {
    purposes.map(ExtendedKeyUsage.name(of:)).joined(separator: ", ")
  }

  private static func status(_ certificate: Certificate) -> [(String, String?)] {
    guard let addresses = certificate.statusAddresses else { return [] }
    return [
      ("CRL", addresses.revocationLists.joined(separator: " ")), ("OCSP", addresses.responders.joined(separator: " ")),
      ("issuer at", addresses.issuers.joined(separator: " ")),
    ]
  }

  /// Those that no line above stands for, and whether a verifier has to know them.
  private static func others(_ extensions: [CertificateExtension]) -> [(String, String?)] {
    let shown: Set<ObjectIdentifier> = [
      ExtensionID.basicConstraints, ExtensionID.keyUsage, ExtensionID.extendedKeyUsage,
      ExtensionID.subjectKeyIdentifier,
      ExtensionID.authorityKeyIdentifier, ExtensionID.subjectAlternativeName, ExtensionID.crlDistributionPoints,
      ExtensionID.authorityInformationAccess,
    ]
    let rest = extensions.filter { !shown.contains($0.identifier) }
    let words = rest.map { ExtensionID.name(of: $0.identifier) + ($0.critical ? " (critical)" : "") }
    return [("extensions", words.joined(separator: ", "))]
  }
}

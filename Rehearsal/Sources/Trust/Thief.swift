import Credentials
import DeviceClient
import Issuance
import KeyCustody
import WireFormats

/// Who has a root's key that is no longer anybody else's, and makes a server of its own with it.
struct Thief {
  private let chain: [Certificate]

  init(of root: Certificate, key: SoftwareKey, at now: Instant) throws {
    let template = try CertificateTemplate(
      issuer: root.subject, issuerKeyIdentifier: root.subjectKeyIdentifier, signatureAlgorithm: key.algorithm,
      issuerNotAfter: root.notAfter,
      extensions: [
        .keyUsage(.digitalSignature), .extendedKeyUsage([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.cmcRA]),
      ])
    var random = SystemRandomNumberGenerator()
    let linted = try template.prepare(
      CertificateFields(
        serial: SerialNumber(at: now, random: &random), notBefore: now - .hours(1), notAfter: now + .days(90),
        subject: DistinguishedName([.init(type: AttributeType.commonName, value: "localhost")]),
        subjectAlternativeNames: [WorldFolder.host], publicKey: try SoftwareKey.generate(.p256).publicKey))
    let signature = try key.signature(over: linted.toBeSigned)
    chain = [try Certificate(parsing: linted.certificate(signature: signature))]
  }

  func isBelieved(by memory: DeviceMemory, at now: Instant) -> Bool {
    memory.trusts(server: chain, called: WorldFolder.host, at: now)
  }
}

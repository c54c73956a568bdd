import Credentials
import Testing
import WireFormats

@Suite struct CertificateTests {
  @Test func allFields() throws {
    let root = try TestAuthority("Root")
    let fields = TestAuthority.fields(names: [.dnsName("pump-7.example")])
    let certificate = try root.issue(fields)
    #expect(certificate.version == 3)
    #expect(certificate.serial == fields.serial)
    #expect(certificate.issuer == root.name)
    #expect(certificate.subject == fields.subject)
    #expect(certificate.notBefore == fields.notBefore)
    #expect(certificate.notAfter == fields.notAfter)
    #expect(certificate.publicKey == fields.publicKey)
    #expect(certificate.subjectPublicKeyInfo == fields.publicKey.encoded)
    #expect(certificate.signatureAlgorithm == .ecdsaWithSHA256)
    #expect(!certificate.isAuthority)
    #expect(certificate.keyUsage == .digitalSignature)
    #expect(certificate.extendedKeyUsages == [ExtendedKeyUsage.clientAuth])
    #expect(certificate.subjectAlternativeNames == [.dnsName("pump-7.example")])
    #expect(certificate.subjectKeyIdentifier == fields.publicKey.keyIdentifier)
    #expect(certificate.authorityKeyIdentifier == root.key.publicKey.keyIdentifier)
    #expect(certificate.fingerprint.count == 32)
    #expect(certificate.statusAddresses?.revocationLists == ["http://status.example:8080/crl/operational.crl"])
    #expect(certificate.statusAddresses?.responders == ["http://status.example:8080/ocsp"])
    #expect(certificate.statusAddresses?.issuers == ["http://status.example:8080/ca/operational.cer"])
    #expect(certificate.isSigned(by: root.key.publicKey))
    #expect(!certificate.isSigned(by: TestKey.device.publicKey))
    #expect(root.certificate.isAuthority)
    #expect(root.certificate.isSelfIssued)
    #expect(try Certificate(parsing: certificate.encoded) == certificate)
  }

  @Test func size() {
    #expect(throws: CertificateError.tooLarge) {
      try Certificate(parsing: [UInt8](repeating: 0x30, count: Certificate.maximumSize + 1))
    }
  }

  // MARK: - Made here, one thing wrong at a time

  struct Parts {
    var version: [UInt8] = [0xA0, 0x03, 0x02, 0x01, 0x02]
    var serial: [UInt8] = [0x02, 0x01, 0x05]
    var inner = SignatureAlgorithm.ecdsaWithSHA256.algorithmIdentifier
    var outer = SignatureAlgorithm.ecdsaWithSHA256.algorithmIdentifier
    var issuer = TestAuthority.subject("ROOT").encoded
    var validity: [UInt8]? = nil
    var key = TestKey.device.publicKey.encoded
    var identifiers: [UInt8] = []
    var extensions: [UInt8]? = nil

    func encoded() throws -> [UInt8] {
      let toBeSigned = DERWriter.build { writer in
        writer.sequence {
          $0.raw(version)
          $0.raw(serial)
          $0.raw(inner)
          $0.raw(issuer)
          if let validity {
            $0.raw(validity)
          } else {
            $0.sequence {
              $0.time(TestAuthority.now)
              $0.time(TestAuthority.now + .days(1))
            }
          }
          $0.raw(TestAuthority.subject().encoded)
          $0.raw(key)
          $0.raw(identifiers)
          if let extensions { $0.primitive(DERTag.contextConstructed(3), extensions) }
        }
      }
      let signature = try TestKey.authority.sign(toBeSigned)
      return DERWriter.build {
        $0.sequence {
          $0.raw(toBeSigned)
          $0.raw(outer)
          $0.bitString(signature)
        }
      }
    }
  }

  @Test func strangers() throws {
    // Version 1, without extensions.
    let first = try Certificate(parsing: Parts(version: []).encoded())
    #expect(first.version == 1)
    #expect(!first.isAuthority)
    #expect(first.isSigned(by: TestKey.authority.publicKey))
    // Version 2 with unique identifiers.
    let second = try Certificate(
      parsing: Parts(version: [0xA0, 3, 2, 1, 1], identifiers: [0x81, 2, 0, 1, 0x82, 2, 0, 2]).encoded())
    #expect(second.version == 2)
    // A key and a signature algorithm that nobody here knows: readable, never valid.
    let key = try #require(Hex.decode("300c300506032b65710303000401"))
    let unknown = try #require(Hex.decode("300506032b6571"))
    let third = try Certificate(parsing: Parts(inner: unknown, outer: unknown, key: key).encoded())
    #expect(third.publicKey == nil)
    #expect(third.subjectPublicKeyInfo == key)
    #expect(third.signatureAlgorithm == nil)
    #expect(!third.isSigned(by: TestKey.authority.publicKey))
  }

  @Test func refused() throws {
    func refuse(_ parts: Parts, _ error: CertificateError, _ line: Int = #line) throws {
      let der = try parts.encoded()
      #expect(throws: error, "line \(line)") { try Certificate(parsing: der) }
    }
    let usage = CertificateExtension.keyUsage(.digitalSignature).encoded
    func list(_ items: [[UInt8]]) -> [UInt8] { DERWriter.build { $0.sequence { for item in items { $0.raw(item) } } } }
    try refuse(Parts(version: [0xA0, 3, 2, 1, 0]), .unsupportedVersion)
    try refuse(Parts(version: [0xA0, 3, 2, 1, 3]), .unsupportedVersion)
    try refuse(Parts(version: [0xA0, 6, 2, 1, 2, 2, 1, 2]), .malformed(.trailingBytes))
    try refuse(Parts(serial: [2, 1, 0]), .badSerialNumber)
    try refuse(Parts(serial: [2, 1, 0xFF]), .badSerialNumber)
    try refuse(Parts(serial: [2, 21, 1] + [UInt8](repeating: 1, count: 20)), .badSerialNumber)
    try refuse(Parts(serial: [2, 2, 0, 1]), .malformed(.badInteger))
    try refuse(Parts(outer: SignatureAlgorithm.ecdsaWithSHA384.algorithmIdentifier), .signatureAlgorithmMismatch)
    try refuse(Parts(validity: [0x30, 0]), .malformed(.truncated))
    try refuse(Parts(validity: DERWriter.build { $0.sequence { $0.time(.noExpiry) } }), .malformed(.truncated))
    try refuse(Parts(key: [0x04, 0]), .malformed(.unexpectedTag(found: 4, expected: 0x30)))
    try refuse(Parts(extensions: list([usage, usage])), .duplicateExtension(ExtensionID.keyUsage))
    try refuse(Parts(extensions: list([usage]) + [0]), .malformed(.trailingBytes))
    try refuse(Parts(extensions: []), .malformed(.truncated))
    try refuse(Parts(version: [], extensions: list([usage])), .malformed(.trailingBytes))
    let bad = CertificateExtension.raw(ExtensionID.basicConstraints, critical: true, value: [4, 0]).encoded
    try refuse(Parts(extensions: list([bad])), .malformedExtension(ExtensionID.basicConstraints))
  }
}

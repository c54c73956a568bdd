import Credentials
import Testing
import WireFormats

@Suite struct CertificateTemplateTests {
  /// Octet by octet, with a fixed key, serial and time.
  @Test func golden() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-plain.csr"))
    let issuer = DistinguishedName([.init(type: AttributeType.commonName, value: "R")])
    let template = try CertificateTemplate(
      issuer: issuer, issuerKeyIdentifier: [0xAA], signatureAlgorithm: .ecdsaWithSHA256,
      issuerNotAfter: Instant("2050-01-01T00:00:00Z"), extensions: [.keyUsage(.digitalSignature)])
    let linted = try template.prepare(
      CertificateFields(
        serial: #require(SerialNumber(hex: "8102030405060708")), notBefore: #require(Instant("2026-11-21T08:00:00Z")),
        notAfter: #require(Instant("2050-01-01T00:00:00Z")), subject: .empty,
        subjectAlternativeNames: [.dnsName("a.b")], publicKey: request.publicKey))
    let expected =
      "3081fda0030201020209008102030405060708300a06082a8648ce3d040302300c310a300806035504030c0152"
      + "3020170d3236313132313038303030305a180f32303530303130313030303030305a3000"
      + Hex.encode(request.publicKey.encoded)
      + "a3523050300c0603551d23040530038001aa300e0603551d0f0101ff040403020780"
      + "301d0603551d0e04160414" + Hex.encode(request.publicKey.keyIdentifier)
      + "30110603551d110101ff040730058203612e62"
    let toBeSigned = linted.toBeSigned
    #expect(Hex.encode(toBeSigned) == expected)
    #expect(linted.signatureAlgorithm == .ecdsaWithSHA256)
    let certificate = linted.certificate(signature: [1, 2, 3])
    #expect(Hex.encode(certificate.suffix(18)) == "300a06082a8648ce3d040302030400010203")
    #expect(try Certificate(parsing: certificate).subjectAlternativeNames == [.dnsName("a.b")])
  }

  @Test func alternativeNameIsCriticalForAnEmptySubject() throws {
    let root = try TestAuthority("Root")
    for subject in [DistinguishedName.empty, TestAuthority.subject()] {
      let certificate = try root.issue(TestAuthority.fields(subject: subject, names: [.dnsName("a.b")]))
      #expect(certificate.firstExtension(ExtensionID.subjectAlternativeName)?.critical == subject.isEmpty)
    }
    let without = try root.issue(TestAuthority.fields())
    #expect(without.firstExtension(ExtensionID.subjectAlternativeName) == nil)
  }

  @Test func extensionsOfOneCertificate() throws {
    let root = try TestAuthority("Root")
    let own = CertificateExtension.raw(ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, 7]), critical: false, value: [5, 0])
    let certificate = try root.issue(TestAuthority.fields(extensions: [own]))
    #expect(certificate.firstExtension(own.identifier) == own)
    #expect(certificate.extensions.count == TestAuthority.deviceExtensions.count + 3)
  }

  /// Every length that crosses a boundary of DER's length octets.
  @Test(arguments: [0, 1, 2, 3, 30, 60, 100, 128])
  func manyNames(count: Int) throws {
    let root = try TestAuthority("Root")
    let names = (0..<count).map { GeneralName.dnsName("host-\($0).example") }
    let certificate = try root.issue(TestAuthority.fields(names: names))
    #expect(certificate.subjectAlternativeNames == names)
    #expect(certificate.isSigned(by: root.key.publicKey))
  }

  @Test(arguments: ["0102030405060708", "8102030405060708", "7fffffffffffffffffffffffffffffffffffffff"])
  func serials(hex: String) throws {
    let root = try TestAuthority("Root")
    var fields = TestAuthority.fields()
    fields.serial = try #require(SerialNumber(hex: hex))
    #expect(try root.issue(fields).serial == fields.serial)
  }

  @Test func allAuthorityAlgorithms() throws {
    for algorithm in [KeyAlgorithm.p384, .ed25519, .rsa2048] {
      let root = try TestAuthority("Root", algorithm: algorithm)
      let certificate = try root.issue(TestAuthority.fields())
      #expect(certificate.isSigned(by: root.key.publicKey))
      #expect(certificate.signatureAlgorithm == algorithm.signatureAlgorithm)
    }
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct CertificateExtensionTests {
  // As `openssl req -addext` writes them (3.0.22), but for those that it cannot write, which follow their standards.
  @Test(arguments: [
    (CertificateExtension.basicConstraints(isAuthority: true), "300f0603551d130101ff040530030101ff"),
    (.basicConstraints(isAuthority: true, pathLength: 0), "30120603551d130101ff040830060101ff020100"),
    (.basicConstraints(isAuthority: false), "300c0603551d130101ff04023000"),
    (.keyUsage(.digitalSignature), "300e0603551d0f0101ff040403020780"),
    (.keyUsage([.keyCertSign, .cRLSign]), "300e0603551d0f0101ff040403020106"),
    (.keyUsage([.keyAgreement, .decipherOnly]), "300f0603551d0f0101ff04050303070880"),
    (
      .extendedKeyUsage([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
      "301d0603551d250416301406082b0601050507030206082b06010505070301"
    ),
    (.subjectKeyIdentifier([1, 2, 3]), "300c0603551d0e04050403010203"),
    (.authorityKeyIdentifier([1, 2, 3]), "300e0603551d23040730058003010203"),
    (.subjectAlternativeName([.dnsName("a.b")], critical: true), "30110603551d110101ff040730058203612e62"),
    (.crlDistributionPoints("http://a.b/c"), "301d0603551d1f041630143012a010a00e860c687474703a2f2f612e622f63"),
    (
      .authorityInformationAccess(ocsp: ["http://a.b"], issuers: []),
      "302606082b06010505070101041a3018301606082b06010505073001860a687474703a2f2f612e62"
    ),
    (.certificatePolicies([ObjectIdentifier([1, 2, 3])]), "300f0603551d2004083006300406022a03"),
    (.ocspNoCheck, "300f06092b060105050730010504020500"), (.noRevAvail, "30090603551d3804020500"),
    (.raw(ObjectIdentifier([1, 2, 3]), critical: true, value: [5, 0]), "300b06022a030101ff04020500"),
  ])
  func golden(item: CertificateExtension, hex: String) { #expect(Hex.encode(item.encoded) == hex) }

  @Test func keyUsagesComeBack() throws {
    for rawValue in UInt16(0)...0x1FF {
      let usage = KeyUsage(rawValue: rawValue)
      #expect(try KeyUsage(parsing: usage.encoded[...]) == usage)
      #expect(usage.names.compactMap { KeyUsage(name: $0) }.reduce([]) { $0.union($1) } == usage)
    }
    #expect(KeyUsage(name: "nonsense") == nil)
  }

  // Clients leave trailing zero bits in; that much is taken.
  @Test(arguments: [
    ("03020080", KeyUsage.digitalSignature), ("0303000080", .decipherOnly), ("03020780", .digitalSignature),
  ])
  func keyUsages(hex: String, usage: KeyUsage) throws {
    #expect(try KeyUsage(parsing: try #require(Hex.decode(hex))[...]) == usage)
  }

  @Test(arguments: [
    "", "0300", "03020880", "03020781", "030107", "030400000000", "0303000040", "04020780", "0302078000",
  ])
  func badKeyUsages(hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    #expect(throws: DERError.self) { try KeyUsage(parsing: bytes[...]) }
  }

  @Test func names() {
    #expect(ExtensionID.name(of: ExtensionID.subjectAlternativeName) == "subjectAltName")
    #expect(ExtensionID.name(of: ObjectIdentifier([1, 2, 3])) == "1.2.3")
    #expect(ExtendedKeyUsage.named("clientAuth") == ExtendedKeyUsage.clientAuth)
    #expect(ExtendedKeyUsage.named("ClientAuth") == nil)
    #expect(ExtendedKeyUsage.name(of: ExtendedKeyUsage.cmcRA) == "cmcRA")
  }
}

import Credentials
import Testing
import WireFormats

@Suite struct CertificationRequestTests {
  @Test(arguments: [
    ("p256-plain", KeyAlgorithm.p256, SignatureAlgorithm.ecdsaWithSHA256),
    ("p256-sha384", .p256, .ecdsaWithSHA384), ("p384-plain", .p384, .ecdsaWithSHA384),
    ("rsa2048-plain", .rsa2048, .rsaPKCS1WithSHA256), ("rsa2048-sha512", .rsa2048, .rsaPKCS1WithSHA512),
    ("rsa2048-pss", .rsa2048, .rsaPSSWithSHA256), ("rsa3072-plain", .rsa3072, .rsaPKCS1WithSHA256),
    ("rsa4096-plain", .rsa4096, .rsaPKCS1WithSHA256), ("ed25519-plain", .ed25519, .ed25519),
  ])
  func openSSLRequests(name: String, key: KeyAlgorithm, signature: SignatureAlgorithm) throws {
    let request = try CertificationRequest(parsing: Fixture.der("\(name).csr"))
    #expect(request.publicKey.algorithm == key)
    #expect(request.signatureAlgorithm == signature)
    #expect(request.subject.description == "CN=pump-7")
    #expect(request.extensions.isEmpty)
    #expect(request.challengePassword == nil)
    #expect(request.verifyProofOfPossession())
  }

  /// openssl's provider for TPMs (tpm2-openssl 1.1.1, against swtpm 0.7.1) writes NULL behind ecdsa-with-SHA256.
  @Test func aRequestOfATPMHasParametersThatShouldBeAbsent() throws {
    let text =
      "MIHkMIGKAgEAMCgxEjAQBgNVBAUTCVRQTS1PVEhFUjESMBAGA1UEAwwJVFBNLU9USEVSMFkwEwYH"
      + "KoZIzj0CAQYIKoZIzj0DAQcDQgAEMZ8M40hs255HHy4gPiI7NmtAj/zUulvgwkxyemUfLJvSeV8M"
      + "bxFHV8oCtNJyiV7sir81JqNFycBv5p0FtGIyhKAAMAwGCCqGSM49BAMCBQADRwAwRAIgV4dKzeWa"
      + "UQAYcwhVNbbUcjtzRNpFZRhHhUvVx00rkX0CIGuMwBKXq2ZErpfDMwDXDkik4Hh0OUIQaFIr2HSl"
      + "adjM"
    let octets = try #require(Base64.decode(Array(text.utf8)))
    let request = try CertificationRequest(parsing: octets)
    #expect(request.signatureAlgorithm == .ecdsaWithSHA256 && request.verifyProofOfPossession())
    // A certificate's own algorithm is read as strictly as ever.
    #expect(SignatureAlgorithm(algorithmIdentifier: [48, 12, 6, 8, 42, 134, 72, 206, 61, 4, 3, 2, 5, 0]) == nil)
  }

  @Test func names() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-names.csr"))
    #expect(request.subject.description == "CN=pump-7,serialNumber=PUMP-7,O=Acme GmbH,C=DE")
    #expect(
      request.subjectAlternativeNames.map(\.description) == [
        "dns:pump-7.example", "ip:10.0.0.7", "ip:2001:db8::7", "uri:urn:dev:ops:32473-pump-7", "email:ops@acme.example",
      ])
    #expect(request.keyUsage == [.digitalSignature, .keyAgreement])
    #expect(request.extendedKeyUsages == [ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth])
    #expect(request.basicConstraints == BasicConstraints(isAuthority: false))
    #expect(request.extensions.count == 4)
    #expect(request.extensions.first { $0.identifier == ExtensionID.keyUsage }?.critical == true)
    #expect(request.verifyProofOfPossession())
  }

  @Test func otherNames() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-other-names.csr"))
    #expect(
      request.subjectAlternativeNames.map(\.description) == [
        "othername:1.3.6.1.5.5.7.8.4=#301206092b0601040181fd590104050102030405", "rid:1.2.3.4",
        "dirname:O=Acme,CN=pump-7",
      ])
    #expect(request.verifyProofOfPossession())
  }

  @Test func emptySubject() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-empty-subject.csr"))
    #expect(request.subject.isEmpty)
    #expect(request.verifyProofOfPossession())
  }

  @Test func challengeAndUnknownAttributes() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-challenge.csr"))
    #expect(request.challengePassword == "correct horse")
    #expect(request.unknownAttributes == [ObjectIdentifier([1, 2, 840, 113549, 1, 9, 2])])
    #expect(request.verifyProofOfPossession())
  }

  @Test func otherAlphabets() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-utf8.csr"))
    #expect(request.subject.values(of: AttributeType.organization) == ["Käserei Žižek"])
    #expect(request.subject.values(of: AttributeType.commonName) == ["Pumpe ☃"])
  }

  @Test func requestedAuthority() throws {
    let request = try CertificationRequest(parsing: Fixture.der("p256-authority.csr"))
    #expect(request.basicConstraints == BasicConstraints(isAuthority: true, pathLength: 0))
  }

  @Test(arguments: [
    ("refused-p521", CertificationRequestError.publicKey(.unsupported(ObjectIdentifier([1, 3, 132, 0, 35])))),
    ("refused-ed448", .unsupportedSignatureAlgorithm(ObjectIdentifier([1, 3, 101, 113]))),
    ("refused-rsa1024", .publicKey(.tooWeak("RSA-1024"))),
    ("refused-sha1", .unsupportedSignatureAlgorithm(ObjectIdentifier([1, 2, 840, 10045, 4, 1]))),
    ("refused-compressed", .publicKey(.malformed)), ("refused-explicit", .publicKey(.malformed)),
  ])
  func refused(name: String, error: CertificationRequestError) throws {
    let der = try Fixture.der("\(name).csr")
    #expect(throws: error) { try CertificationRequest(parsing: der) }
  }

  @Test func size() {
    #expect(throws: CertificationRequestError.tooLarge) {
      try CertificationRequest(parsing: [UInt8](repeating: 0x30, count: CertificationRequest.maximumSize + 1))
    }
  }

  @Test func trailingBytes() throws {
    let der = try Fixture.der("p256-plain.csr")
    #expect(throws: CertificationRequestError.malformed(.trailingBytes)) {
      try CertificationRequest(parsing: der + [0])
    }
    #expect(throws: CertificationRequestError.malformed(.truncated)) {
      try CertificationRequest(parsing: der.dropLast())
    }
    #expect(throws: CertificationRequestError.malformed(.truncated)) { try CertificationRequest(parsing: []) }
  }

  // MARK: - Made here, one thing wrong at a time

  private func request(
    version: Int = 0, attributes: [UInt8]? = [],
    algorithm: [UInt8] = SignatureAlgorithm.ecdsaWithSHA256.algorithmIdentifier,
    key: TestKey = .device
  ) throws -> [UInt8] {
    let information = DERWriter.build {
      $0.sequence {
        $0.integer(version)
        $0.raw(TestAuthority.subject().encoded)
        $0.raw(key.publicKey.encoded)
        if let attributes { $0.primitive(DERTag.contextConstructed(0), attributes) }
      }
    }
    let signature = try key.sign(information)
    return DERWriter.build {
      $0.sequence {
        $0.raw(information)
        $0.raw(algorithm)
        $0.bitString(signature)
      }
    }
  }

  private func attribute(_ type: ObjectIdentifier, _ values: [[UInt8]]) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(type)
        $0.constructed(DERTag.set) { for value in values { $0.raw(value) } }
      }
    }
  }

  private func extensionRequest(_ extensions: [[UInt8]]) -> [UInt8] {
    attribute(
      RequestAttribute.extensionRequest, [DERWriter.build { $0.sequence { for item in extensions { $0.raw(item) } } }])
  }

  private func challenge(_ value: [UInt8]) -> [UInt8] { attribute(RequestAttribute.challengePassword, [value]) }

  // RFC 2986 §4.1 wants the attributes even when empty; both come.
  @Test func withoutAttributes() throws {
    #expect(try CertificationRequest(parsing: request(attributes: nil)).verifyProofOfPossession())
    #expect(try CertificationRequest(parsing: request(attributes: [])).verifyProofOfPossession())
  }

  /// Real clients do not sort their SET of attributes, and send attributes without values.
  @Test func attributesInAnyOrder() throws {
    let names = extensionRequest([CertificateExtension.subjectAlternativeName([.dnsName("a.b")]).encoded])
    let password = challenge([0x0C, 0x01, 0x78])
    let unknown = attribute(ObjectIdentifier([1, 2, 3]), [])
    for order in [[names, password, unknown], [unknown, names, password], [password, unknown, names]] {
      let parsed = try CertificationRequest(parsing: request(attributes: order.flatMap { $0 }))
      #expect(parsed.subjectAlternativeNames == [.dnsName("a.b")])
      #expect(parsed.challengePassword == "x")
      #expect(parsed.unknownAttributes == [ObjectIdentifier([1, 2, 3])])
      #expect(parsed.verifyProofOfPossession())
    }
    let empty = attribute(RequestAttribute.extensionRequest, []) + attribute(RequestAttribute.challengePassword, [])
    let parsed = try CertificationRequest(parsing: request(attributes: empty))
    #expect(parsed.extensions.isEmpty)
    #expect(parsed.challengePassword == nil)
  }

  @Test(arguments: [
    ([0x13, 1, 0x78], "x"), ([0x16, 1, 0x78], "x"), ([0x14, 1, 0xE9], "é"), ([0x1E, 2, 0, 0x78], "x"),
  ])
  func challengeStrings(value: [UInt8], text: String) throws {
    #expect(try CertificationRequest(parsing: request(attributes: challenge(value))).challengePassword == text)
  }

  @Test func versions() throws {
    for version in [1, 2, 127] {
      let der = try request(version: version)
      #expect(throws: CertificationRequestError.unsupportedVersion) { try CertificationRequest(parsing: der) }
    }
  }

  @Test func twice() throws {
    let names = extensionRequest([CertificateExtension.subjectAlternativeName([.dnsName("a.b")]).encoded])
    let again = try request(attributes: names + names)
    #expect(throws: CertificationRequestError.duplicateAttribute(RequestAttribute.extensionRequest)) {
      try CertificationRequest(parsing: again)
    }
    let password = challenge([0x0C, 0x01, 0x78, 0x0C, 0x01, 0x79])
    let two = try request(attributes: password)
    #expect(throws: CertificationRequestError.duplicateAttribute(RequestAttribute.challengePassword)) {
      try CertificationRequest(parsing: two)
    }
    let usage = CertificateExtension.keyUsage(.digitalSignature).encoded
    let doubled = try request(attributes: extensionRequest([usage, usage]))
    #expect(throws: CertificationRequestError.duplicateExtension(ExtensionID.keyUsage)) {
      try CertificationRequest(parsing: doubled)
    }
  }

  @Test(arguments: [
    (ExtensionID.keyUsage, "0500"), (ExtensionID.keyUsage, ""), (ExtensionID.basicConstraints, "3003020100"),
    (ExtensionID.basicConstraints, "30060101ff0201ff"), (ExtensionID.extendedKeyUsage, "3000"),
    (ExtensionID.subjectAlternativeName, "3000"), (ExtensionID.subjectAlternativeName, "3003820261"),
    (ExtensionID.subjectKeyIdentifier, "0500"), (ExtensionID.authorityKeyIdentifier, "04"),
    (ExtensionID.extendedKeyUsage, "30040602558000"),
  ])
  func malformedExtension(identifier: ObjectIdentifier, hex: String) throws {
    let value = try #require(Hex.decode(hex))
    let item = CertificateExtension(identifier: identifier, critical: false, value: value)
    let der = try request(attributes: extensionRequest([item.encoded]))
    #expect(throws: CertificationRequestError.malformedExtension(identifier)) { try CertificationRequest(parsing: der) }
  }

  @Test func explicitDefaultsAreTaken() throws {
    // `critical FALSE` and `cA FALSE` written out: not DER, and common.
    let item = try #require(Hex.decode("300f0603551d1301010004053003010100"))
    let parsed = try CertificationRequest(parsing: request(attributes: extensionRequest([item])))
    #expect(parsed.basicConstraints == BasicConstraints(isAuthority: false))
    #expect(parsed.extensions.first?.critical == false)
  }

  @Test func unknownExtensionsAreSurfaced() throws {
    let item = CertificateExtension.raw(ObjectIdentifier([1, 2, 3]), critical: true, value: [0xFF])
    let parsed = try CertificationRequest(parsing: request(attributes: extensionRequest([item.encoded])))
    #expect(parsed.extensions == [item])
  }

  @Test func tooManyOfAnything() throws {
    let attributes = (0..<40).flatMap { attribute(ObjectIdentifier([1, 2, UInt64($0)]), []) }
    let many = try request(attributes: attributes)
    #expect(throws: CertificationRequestError.malformed(.tooLong)) { try CertificationRequest(parsing: many) }
    let extensions = (0..<70).map {
      CertificateExtension.raw(ObjectIdentifier([1, 2, $0]), critical: false, value: [5, 0]).encoded
    }
    let wide = try request(attributes: extensionRequest(extensions))
    #expect(throws: CertificationRequestError.malformedExtension(RequestAttribute.extensionRequest)) {
      try CertificationRequest(parsing: wide)
    }
  }

  // MARK: - Proof of possession

  @Test func anotherKeysSignature() throws {
    let der = CertificationRequest.toBeSigned(subject: .empty, publicKey: TestKey.device.publicKey)
    let foreign = try CertificationRequest.assemble(
      der, algorithm: .ecdsaWithSHA256, signature: TestKey.authority.sign(der))
    #expect(try !CertificationRequest(parsing: foreign).verifyProofOfPossession())
    let own = try CertificationRequest.assemble(der, algorithm: .ecdsaWithSHA256, signature: TestKey.device.sign(der))
    #expect(try CertificationRequest(parsing: own).verifyProofOfPossession())
  }

  @Test func anotherAlgorithmsName() throws {
    let der = try request(algorithm: SignatureAlgorithm.rsaPKCS1WithSHA256.algorithmIdentifier)
    #expect(try !CertificationRequest(parsing: der).verifyProofOfPossession())
    let hash = try request(algorithm: SignatureAlgorithm.ecdsaWithSHA512.algorithmIdentifier)
    #expect(try !CertificationRequest(parsing: hash).verifyProofOfPossession())
  }

  /// A bit changed anywhere either does not parse or does not prove possession.
  @Test func everyBitCounts() throws {
    let der = try Fixture.der("p256-names.csr")
    for index in der.indices {
      var changed = der
      changed[index] ^= 0x01
      let proves = (try? CertificationRequest(parsing: changed))?.verifyProofOfPossession() ?? false
      #expect(!proves, "octet \(index)")
    }
  }

  // MARK: - Encoding

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func encodes(algorithm: KeyAlgorithm) throws {
    let key = try TestKey(algorithm)
    let extensions: [CertificateExtension] = [
      .subjectAlternativeName([.dnsName("pump-7.example")]), .keyUsage(.digitalSignature),
    ]
    let der = try CertificationRequest.encode(
      subject: TestAuthority.subject(), publicKey: key.publicKey, extensions: extensions,
      challengePassword: "päss", sign: { try key.sign($0) })
    let parsed = try CertificationRequest(parsing: der)
    #expect(parsed.subject == TestAuthority.subject())
    #expect(parsed.publicKey == key.publicKey)
    #expect(parsed.extensions == extensions)
    #expect(parsed.challengePassword == "päss")
    #expect(parsed.verifyProofOfPossession())
  }
}

import Credentials
import DeviceFormats
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Every certificate that this project makes, read by the two readers, which share no code.
@Suite struct CertificateViewTests {
  static func enroll(
    _ serial: String, profile: String, _ algorithm: KeyAlgorithm, names: [GeneralName],
    in installation: TestInstallation
  ) async throws -> Certificate {
    let secret = EnrollmentSecret()
    let (time, organization) = (installation.clock.now(), installation.organization)
    let name = try #require(ProfileName(rawValue: profile))
    try await installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let device = DeviceRecord(
        id: DeviceID(at: time, random: &random), organization: organization, manufacturer: "", serial: serial,
        kind: .device, profile: name, state: .registered, registeredAt: time, registeredBy: "test")
      try writer.insert(device)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: secret.hash, profile: name, expiresAt: time + .days(7), createdAt: time),
        in: organization)
    }
    let request = try await TestDevice(serial, algorithm).request(
      extensions: names.isEmpty ? [] : [.subjectAlternativeName(names)])
    let issued = try await installation.enrollment.enroll(
      EnrollmentRequest(
        request: request, credential: .secret(name: serial, secret: Array(secret.text.utf8)), door: .est, label: nil,
        isRenewal: false, address: "192.0.2.1"))
    return try Certificate(parsing: issued.certificate)
  }

  static func compare(_ expected: Certificate) throws {
    try lend(expected.encoded) { bytes in
      let view = try CertificateView(parsing: bytes)
      #expect(view.serial.octets.drop(while: { $0 == 0 }) == expected.serial.bytes.drop(while: { $0 == 0 }))
      #expect(view.issuer.encoded.octets == expected.issuer.encoded)
      #expect(view.subject.encoded.octets == expected.subject.encoded)
      for (number, type) in [(UInt8(3), AttributeType.commonName), (5, AttributeType.serialNumber)] {
        #expect(try view.subject.value(of: number)?.text == expected.subject.values(of: type).first)
      }
      #expect(view.notBefore.seconds == expected.notBefore.seconds)
      #expect(view.notAfter.seconds == expected.notAfter.seconds)
      #expect(view.publicKey.encoded.octets == expected.subjectPublicKeyInfo)
      #expect(view.publicKey.bits.octets == expected.publicKey.map { Array($0.keyOctets) })
      #expect(SoftwareVerifier.algorithms[view.scheme] == expected.signatureAlgorithm)
      #expect(view.isSelfIssued == expected.isSelfIssued)
      try compare(view.extensions, expected)
    }
  }

  static func compare(_ view: ExtensionsView, _ expected: Certificate) throws {
    #expect(view.isAuthority == expected.isAuthority)
    #expect(view.pathLength == Int32(expected.pathLength ?? -1))
    #expect(view.keyUsage?.rawValue == expected.keyUsage?.rawValue)
    #expect(view.subjectKeyIdentifier.octets == expected.subjectKeyIdentifier ?? [])
    #expect(view.authorityKeyIdentifier.octets == expected.authorityKeyIdentifier ?? [])
    #expect(view.allows(.clientAuth) == allows(expected, ExtendedKeyUsage.clientAuth))
    #expect(view.allows(.serverAuth) == allows(expected, ExtendedKeyUsage.serverAuth))
    #expect(!view.hasUnknownCritical)
    let policies = expected.firstExtension(ExtensionID.certificatePolicies)
    #expect(view.policies.isEmpty == (policies == nil))
    var names: [String] = []
    var cursor = GeneralNameCursor(view.alternativeNames)
    while let name = try cursor.next() { names.append("\(name.kind) \(Hex.encode(name.content.octets))") }
    #expect(names == expected.subjectAlternativeNames.compactMap(Self.described))
    var addresses: [String] = []
    var points = DistributionPointCursor(view.distributionPoints)
    while let address = try points.next() { addresses.append(address.text) }
    #expect(addresses == expected.statusAddresses?.revocationLists)
  }

  static func allows(_ certificate: Certificate, _ purpose: ObjectIdentifier) -> Bool {
    certificate.extendedKeyUsages.isEmpty || certificate.extendedKeyUsages.contains(purpose)
  }

  static func described(_ name: GeneralName) -> String? {
    switch name {
    case .dnsName(let text): "2 \(Hex.encode(Array(text.utf8)))"
    case .uri(let text): "6 \(Hex.encode(Array(text.utf8)))"
    case .email(let text): "1 \(Hex.encode(Array(text.utf8)))"
    case .ipAddress(let octets): "7 \(Hex.encode(octets))"
    case .directoryName, .otherName, .registeredID, .other: nil
    }
  }

  /// What founding makes, and what each built-in profile gives, leads to the root as well.
  @Test func everyTypeOfAnInstallation() async throws {
    let installation = try await TestInstallation()
    var issued: [Certificate] = []
    for (index, algorithm) in [KeyAlgorithm.p256, .p384, .rsa2048].enumerated() {
      let names: [GeneralName] = [.dnsName("gw-\(index).example.com"), .ipAddress([192, 0, 2, UInt8(index)])]
      for profile in ["idevid", "operational", "gateway", "server"] {
        issued.append(
          try await Self.enroll(
            "DEV-\(profile)-\(index)", profile: profile, algorithm, names: profile == "gateway" ? names : [],
            in: installation))
      }
    }
    issued.append(
      try await Self.enroll("DEV-ED", profile: "operational", .ed25519, names: [], in: installation))
    let chains = installation.authorities.all.map(\.chain) + [installation.founded.administratorChain]
    for encoded in Set(chains.flatMap { $0 } + [installation.founded.root]) {
      try Self.compare(Certificate(parsing: encoded))
    }
    let intermediates = chains.flatMap { $0 }
    for certificate in issued {
      try Self.compare(certificate)
      let chain = PathCheckTests.Chain(
        leaf: certificate.encoded, intermediates: intermediates, anchors: [installation.founded.root])
      #expect(try PathCheckTests.check(chain, at: installation.clock.now(), purpose: .any) == nil)
    }
    #expect(issued.count == 13)
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func respondersAndSmallAuthorities(_ algorithm: KeyAlgorithm) throws {
    let authority = try SmallAuthority(algorithm)
    try Self.compare(authority.certificate)
    try Self.compare(authority.responderCertificate(for: SoftwareKey.generate(.p256).publicKey))
  }

  @Test(arguments: [
    ("gw.example.com", true), ("GW.Example.COM", true), ("example.com", false), ("a.gw.example.com", false),
    ("x.field.example.com", true), ("field.example.com", false), ("a.b.field.example.com", false), ("", false),
    ("*.field.example.com", true), ("test", false),
  ])
  func names(host: String, isNamed: Bool) throws {
    let leaf = try ForgedCertificate.leaf(
      "test",
      adding: [
        .subjectAlternativeName([
          .dnsName("gw.example.com"), .dnsName("*.field.example.com"), .dnsName("*.com"), .ipAddress([192, 0, 2, 1]),
        ])
      ])
    let signed = try leaf.signed(by: .authority("root"))
    try lend(signed) { bytes in
      let view = try CertificateView(parsing: bytes)
      lend(Array(host.utf8)) { #expect(view.isNamed($0, isAddress: false) == isNamed) }
      lend([192, 0, 2, 1]) { #expect(view.isNamed($0, isAddress: true)) }
      lend([192, 0, 2, 2]) { #expect(!view.isNamed($0, isAddress: true)) }
      lend(Array("anything.com".utf8)) { #expect(!view.isNamed($0, isAddress: false)) }
    }
  }

  /// One change each that the standard forbids.
  @Test func refusals() throws {
    let key = try SoftwareKey.generate(.p256)
    func outcome(_ forged: ForgedCertificate, _ change: ([UInt8]) -> [UInt8] = { $0 }) throws -> FormatError? {
      try lend(change(forged.signed(by: .authority("root")))) { bytes in
        do throws(FormatError) { _ = try CertificateView(parsing: bytes) } catch { return error }
        return nil
      }
    }
    let leaf = try ForgedCertificate.leaf(key: key)
    #expect(try outcome(leaf) == nil)
    #expect(try outcome(leaf.changed { $0.version = 4 }) == .unsupportedVersion)
    #expect(try outcome(leaf.changed { $0.extensions.append($0.extensions[0]) }) == .duplicateExtension)
    #expect(
      try outcome(
        leaf.changed {
          $0.extensions.append(.raw(ExtensionID.subjectAlternativeName, critical: false, value: [0x30, 0]))
        })
        == .truncated)
    #expect(
      try outcome(
        leaf.changed { $0.extensions[0] = .raw(ExtensionID.keyUsage, critical: true, value: [0x03, 0x02, 0x00, 0x80]) })
        == .notDER)
    #expect(
      try outcome(
        leaf.changed {
          $0.extensions.append(.raw(ExtensionID.basicConstraints, critical: true, value: [0x30, 3, 1, 1, 0]))
        })
        == .notDER)
    #expect(try outcome(leaf) { $0 + [0] } == .trailing)
    #expect(try outcome(leaf) { $0.dropLast() } == .truncated)
    // The algorithm outside says SHA-384, and the one inside SHA-256.
    let outer: ([UInt8]) -> [UInt8] = { bytes in
      let name: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
      var changed = bytes
      if let place = bytes.indices.last(where: { bytes[$0...].starts(with: name) }) { changed[place + 7] = 3 }
      return changed
    }
    #expect(try outcome(leaf, outer) == .algorithmMismatch)
  }
}

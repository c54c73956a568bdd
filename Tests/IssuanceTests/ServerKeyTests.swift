import Credentials
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Keys that are made here for devices: off unless a profile says otherwise, and never kept.
@Suite struct ServerKeyTests {
  @Test func offUnlessTheProfileAllowsIt() async throws {
    let bench = try await DoorBench()
    let secret = try await bench.add("PUMP-1")
    let request = try await bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret))
    let refused = await #expect(throws: Refusal.self) { _ = try await bench.enrollment.enrollMakingKey(request) }
    #expect(refused?.code == .policy && refused?.rule == "server-key-generation")
    try await bench.profile("operational", adding: "server-key-generation: allowed")
    let made = try await bench.enrollment.enrollMakingKey(request)
    let key = try made.key.withPKCS8 { try SoftwareKey(pkcs8: Array($0)) }
    let certificate = try Certificate(parsing: made.issued.certificate)
    #expect(certificate.publicKey == key.publicKey)
    #expect(certificate.publicKey != request.request.publicKey)
    let entry = try #require(try await bench.entries("certificate.issue").last { $0.details["device"] == "PUMP-1" })
    #expect(entry.details["key"] == "made here")
    // Decision 0037: nobody has the key any more, and the secret is used up.
    let lost = await #expect(throws: Refusal.self) { _ = try await bench.enrollment.enrollMakingKey(request) }
    #expect(lost?.code == .exhausted)
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func theKeyIsOfTheKindThatTheRequestNames(_ algorithm: KeyAlgorithm) async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "server-key-generation: allowed")
    let secret = try await bench.add("PUMP-1")
    let device = try TestDevice("PUMP-1", algorithm)
    let made = try await bench.enrollment.enrollMakingKey(bench.ask(device, .of("PUMP-1", secret)))
    #expect(try Certificate(parsing: made.issued.certificate).publicKey?.algorithm == algorithm)
  }

  /// Whoever shows nothing, or is not allowed, orders no work.
  @Test func noKeyIsMadeForAStranger() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "server-key-generation: allowed")
    _ = try await bench.add("PUMP-1")
    for credential in [Credential.of("PUMP-1", EnrollmentSecret()), .secret(name: "PUMP-1", secret: [])] {
      let request = try await bench.ask(TestDevice("PUMP-1"), credential)
      let refused = await #expect(throws: Refusal.self) { _ = try await bench.enrollment.enrollMakingKey(request) }
      #expect([.unauthenticated, .forbidden].contains(refused?.code))
    }
  }

  @Test func itWaitsForAnOperatorLikeAnyOther() async throws {
    let bench = try await DoorBench()
    try await bench.profile("operational", adding: "server-key-generation: allowed\napproval: required")
    let secret = try await bench.add("PUMP-1")
    let request = try await bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret))
    let waits = await #expect(throws: Refusal.self) { _ = try await bench.enrollment.enrollMakingKey(request) }
    #expect(waits?.code == .pendingApproval)
    try await bench.run(RequestService().approve(try #require(waits?.pendingRequest).rawValue))
    // The key in the request counts for nothing, and so the client may send another.
    let later = try await bench.ask(TestDevice("PUMP-1"), .of("PUMP-1", secret))
    #expect(try await !bench.enrollment.enrollMakingKey(later).issued.repeated)
  }
}

/// RFC 9908: what a profile asks of requests.
@Suite struct RequestTemplateTests {
  @Test func theTemplateSaysWhatTheProfileSays() async throws {
    let bench = try await DoorBench()
    let encoded = try #require(
      try await bench.enrollment.requestAttributes(label: ProfileName(rawValue: "gateway")))
    let attributes = try CertificationRequestAttributes(parsing: encoded)
    let template = try #require(
      attributes.items.compactMap { item -> [UInt8]? in
        guard case .attribute(CertificationRequestTemplate.attributeType, let values) = item else { return nil }
        return values.first
      }.first)
    var outer = DERReader(template)
    var fields = try outer.readSequence()
    #expect(try fields.readSmallInteger() == 0)
    var subject = try fields.readSequence()
    var types: [ObjectIdentifier] = []
    while !subject.isAtEnd {
      var set = try subject.read(DERTag.set).reader
      var attribute = try set.readSequence()
      types.append(try attribute.readObjectIdentifier())
      // What differs from device to device has no value.
      #expect(attribute.isAtEnd)
    }
    #expect(types == [AttributeType.serialNumber, AttributeType.commonName])
    #expect(try fields.read(DERTag.contextConstructed(0)).encoded.isEmpty == false)
    #expect(try fields.read(DERTag.contextConstructed(1)).encoded.isEmpty == false)
    try fields.finish()
    #expect(try await bench.enrollment.requestAttributes(label: nil) == nil)
  }

  /// A request that fills the template in is taken.
  @Test(arguments: ["idevid", "operational", "gateway", "server"])
  func whatFollowsItIsTaken(_ name: String) async throws {
    let bench = try await DoorBench()
    let text = try #require(BuiltInProfiles.texts.first { $0.hasPrefix("name: \(name)\n") })
    let template = try ProfileDocument.parse(text).requestTemplate
    let extensions = template.extensions.compactMap { wanted in
      wanted.value.map { CertificateExtension(identifier: wanted.identifier, critical: wanted.critical, value: $0) }
    }
    let subject = try #require(template.subject).map {
      DistinguishedName.Attribute(type: $0.type, value: $0.value ?? "PUMP-1")
    }
    let device = try TestDevice("PUMP-1", try #require(template.key))
    let request = EnrollmentRequest(
      request: try await device.request(subject: DistinguishedName(subject), extensions: extensions),
      credential: .administrator(.installation), door: .rest, label: ProfileName(rawValue: name), isRenewal: false,
      address: "192.0.2.1")
    #expect(try await !bench.enrollment.enroll(request).repeated)
  }
}

import Credentials
import Enrollment
import Foundation
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// What EST has beyond simple enrollment, over real issuing: approval, keys made for devices, request templates.
@Suite struct ESTCompleteTests {
  /// EST over an organization, and what signs its answers.
  private struct Door {
    let installation: TestInstallation
    let signer: SoftwareKey
    let service: ESTService

    /// - Parameter lines: what the profile `operational` says besides.
    init(_ lines: String) async throws {
      let installation = try await TestInstallation()
      self.installation = installation
      let text = try #require(BuiltInProfiles.texts.first { $0.hasPrefix("name: operational\n") })
      _ = try await ProfileService(
        store: installation.store, roster: installation.roster, clock: installation.clock.now
      ).apply(text + "\n" + lines + "\n", named: nil, isDryRun: false, by: .installation)
      let authority = try SmallAuthority(at: installation.clock.now())
      let signer = try SoftwareKey.generate(.p256)
      self.signer = signer
      let certificate = try authority.issue(
        "server", key: signer.publicKey, lifetime: .days(1), at: installation.clock.now()
      ).encoded
      service = ESTService(
        enrolling: installation.enrollment, keys: installation.enrollment,
        keySigning: {
          KeyPackageSigning(certificates: [certificate], algorithm: signer.algorithm) { try signer.signature(over: $0) }
        })
    }

    func add(_ serial: String) async throws -> String {
      try await Administration(
        store: installation.store, organization: installation.organization, clock: installation.clock.now
      ).perform(
        DeviceService().add(DeviceRegistration(serial: serial, profile: "operational")), by: .installation,
        through: .rest
      ).secret.text
    }

    func ask(
      _ operation: ESTOperation, _ request: [UInt8], basic: String? = nil, certificate: [UInt8]? = nil
    ) async throws -> ESTAnswer {
      let asked = ESTRequest(
        operation: operation, label: nil, contentType: "application/pkcs10",
        authorization: basic.flatMap { BasicAuthorization(parsing: "Basic " + Base64.encode(Array($0.utf8))) },
        certificate: certificate, chain: [], address: "192.0.2.1")
      let body = Array(Base64.encode(request).utf8)
      do throws(Refusal) {
        let credential = try asked.credential()
        return operation == .serverkeygen
          ? try await service.serverkeygen(asked, credential: credential, body: body)
          : try await service.enroll(asked, credential: credential, body: body)
      } catch {
        return ESTAnswer(error)
      }
    }

    func enrolled(_ device: TestDevice) async throws -> Certificate {
      let secret = try await add(device.serial)
      let answer = try await ask(
        .simpleenroll, try await device.request().encoded, basic: "\(device.serial):\(secret)")
      let message = try #require(Base64.decode(answer.body))
      return try Certificate(parsing: try #require(try CertificatesOnly.decode(message).first))
    }
  }

  /// A request with an attribute that says to which key the private one is to be encrypted.
  private func request(
    _ device: TestDevice, attribute: ObjectIdentifier, _ identifier: [UInt8]
  ) throws -> [UInt8] {
    let subject = DistinguishedName([.init(type: AttributeType.commonName, value: device.serial)])
    let information = DERWriter.build {
      $0.sequence {
        $0.integer(0)
        $0.raw(subject.encoded)
        $0.raw(device.key.publicKey.encoded)
        $0.constructed(DERTag.contextConstructed(0)) {
          $0.sequence {
            $0.objectIdentifier(attribute)
            $0.constructed(DERTag.set) { $0.octetString(identifier) }
          }
        }
      }
    }
    return CertificationRequest.assemble(
      information, algorithm: device.key.algorithm, signature: try device.key.signature(over: information))
  }

  private static let symmetric = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 37])
  private static let asymmetric = ObjectIdentifier([1, 2, 840, 113549, 1, 9, 16, 2, 54])

  /// The parts of a multipart/mixed body: their types, and what their base64 holds.
  private func parts(_ answer: ESTAnswer) throws -> [(type: String, content: [UInt8])] {
    let type = try #require(answer.contentType)
    let boundary = try #require(type.components(separatedBy: "boundary=").last)
    #expect(type.hasPrefix("multipart/mixed; "))
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.hasSuffix("--\(boundary)--\r\n"))
    return try text.components(separatedBy: "--\(boundary)").dropFirst().dropLast().map { part in
      let halves = part.components(separatedBy: "\r\n\r\n")
      let fields = try #require(halves.first).components(separatedBy: "\r\n")
      let type = try #require(fields.first { $0.hasPrefix("Content-Type: ") })
      #expect(fields.contains("Content-Transfer-Encoding: base64"))
      return (String(type.dropFirst(14)), try #require(Base64.decode(Array(halves[1].utf8))))
    }
  }

  // RFC 7030 §4.2.3
  @Test func waitsWith202AndGivesTheCertificateLater() async throws {
    let door = try await Door("approval: required")
    let secret = try await door.add("PUMP-1")
    let request = try await TestDevice("PUMP-1").request().encoded
    let waits = try await door.ask(.simpleenroll, request, basic: "PUMP-1:\(secret)")
    #expect(waits.status == 202 && waits.retryAfter == 60)
    let organization = door.installation.organization
    let id = try #require(
      try await door.installation.store.read {
        try $0.pendingRequests(matching: nil, after: nil, limit: 1, in: organization).items.first
      }
    ).id.rawValue
    #expect(String(decoding: waits.body, as: UTF8.self).contains(id))
    _ = try await Administration(
      store: door.installation.store, organization: organization, clock: door.installation.clock.now
    ).perform(RequestService().approve(id), by: .installation, through: .rest)
    #expect(try await door.ask(.simpleenroll, request, basic: "PUMP-1:\(secret)").status == 200)
  }

  // RFC 7030 §4.4
  @Test func makesAKeyWhereTheProfileAllowsIt() async throws {
    let door = try await Door("server-key-generation: allowed")
    let secret = try await door.add("PUMP-1")
    let request = try await TestDevice("PUMP-1").request().encoded
    let answer = try await door.ask(.serverkeygen, request, basic: "PUMP-1:\(secret)")
    #expect(answer.status == 200 && !answer.isBase64)
    let parts = try parts(answer)
    #expect(parts.map(\.type) == ["application/pkcs8", "application/pkcs7-mime; smime-type=certs-only"])
    let key = try SoftwareKey(pkcs8: parts[0].content)
    let certificate = try Certificate(parsing: try #require(try CertificatesOnly.decode(parts[1].content).first))
    #expect(certificate.publicKey == key.publicKey)
    // Nobody has it any more.
    #expect(try await door.ask(.serverkeygen, request, basic: "PUMP-1:\(secret)").status == 403)
  }

  @Test func makesNoneUnlessAllowed() async throws {
    let door = try await Door("server-key-generation: forbidden")
    let secret = try await door.add("PUMP-1")
    let answer = try await door.ask(
      .serverkeygen, try await TestDevice("PUMP-1").request().encoded, basic: "PUMP-1:\(secret)")
    #expect(answer.status == 400)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("server-key-generation"))
  }

  // RFC 7030 §4.4.1.2, §4.4.2
  @Test(arguments: [KeyAlgorithm.p256, .p384, .rsa2048])
  func encryptsTheKeyWhereAsked(_ algorithm: KeyAlgorithm) async throws {
    let door = try await Door("server-key-generation: allowed")
    let device = try TestDevice("PUMP-1", algorithm)
    let own = try await door.enrolled(device)
    let asked = try request(device, attribute: Self.asymmetric, try #require(own.subjectKeyIdentifier))
    let answer = try await door.ask(.serverkeygen, asked, certificate: own.encoded)
    #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    let parts = try parts(answer)
    #expect(parts[0].type == "application/pkcs7-mime; smime-type=server-generated-key")
    let opened = try EnvelopedData(parsing: parts[0].content).open(
      try #require(OpeningKey(device.key)), of: [own])
    let signed = try SignedData(body: opened[...])
    let signer = try #require(signed.signers.first)
    try signed.verify(signer, key: door.signer.publicKey)
    // RFC 5958 §2: AsymmetricKeyPackage ::= SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey
    var package = DERReader(try #require(signed.content))
    var keys = try package.readSequence()
    let key = try SoftwareKey(pkcs8: Array(try keys.read().encoded))
    let certificate = try Certificate(parsing: try #require(try CertificatesOnly.decode(parts[1].content).first))
    #expect(certificate.publicKey == key.publicKey)
    let stranger = try #require(OpeningKey(SoftwareKey.generate(algorithm)))
    #expect(throws: CMSError.self) { try EnvelopedData(parsing: parts[0].content).open(stranger, of: [own]) }
  }

  /// No key is made that could not be sent as asked.
  @Test func namesTheKeyThatItDoesNotKnow() async throws {
    let door = try await Door("server-key-generation: allowed")
    let device = try TestDevice("PUMP-1")
    let own = try await door.enrolled(device)
    for (attribute, identifier) in [
      (Self.asymmetric, [1, 2, 3]), (Self.symmetric, try #require(own.subjectKeyIdentifier)),
    ] {
      let answer = try await door.ask(
        .serverkeygen, try request(device, attribute: attribute, identifier), certificate: own.encoded)
      #expect(answer.status == 400)
      #expect(String(decoding: answer.body, as: UTF8.self).contains("identifier"))
    }
    let organization = door.installation.organization
    let certificates = try await door.installation.store.read { reader in
      try reader.devices(serial: "PUMP-1", in: organization).flatMap {
        try reader.certificates(of: $0.id, notExpiredAt: nil, in: organization)
      }
    }
    #expect(certificates.count == 1)
  }

  @Test func whatCannotBeReadIsA400() async throws {
    let door = try await Door("server-key-generation: allowed")
    let secret = try await door.add("PUMP-1")
    #expect(try await door.ask(.serverkeygen, [0x30, 0], basic: "PUMP-1:\(secret)").status == 400)
    let bare = ESTService(enrolling: door.installation.enrollment)
    let asked = ESTRequest(
      operation: .serverkeygen, label: nil, contentType: nil, authorization: nil, certificate: [1], chain: [],
      address: "192.0.2.1")
    #expect(try await bare.serverkeygen(asked, credential: try asked.credential(), body: []).status == 501)
  }
}

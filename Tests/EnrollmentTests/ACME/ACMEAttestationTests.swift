import Credentials
import Enrollment
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// draft-ietf-acme-device-attest-07.
@Suite struct ACMEAttestationTests {
  private struct Device {
    let scene: ACMEScene
    let client: ACMEClient
    let manufacturer: SmallAuthority
    let key: SoftwareKey
  }

  private func device(_ serial: String, prefix: String? = nil) async throws -> Device {
    let scene = try await ACMEScene()
    try await scene.openProfile("fleet")
    let secret = try await scene.addDevice(serial, profile: "fleet")
    let client = try await ACMEClient(service: scene.service(), profile: "fleet").registered(serial, secret)
    let now = scene.installation.clock.now()
    let manufacturer = try SmallAuthority(name: "Maker", at: now)
    let organization = scene.installation.organization
    let anchor = TrustAnchorRecord(
      name: "maker", certificate: manufacturer.certificate.encoded,
      profiles: [try #require(ProfileName(rawValue: "fleet"))],
      manufacturer: "Maker", serialPrefix: prefix, addedAt: now, addedBy: "test")
    try await scene.installation.store.write { try $0.insert(anchor, in: organization) }
    return Device(scene: scene, client: client, manufacturer: manufacturer, key: try SoftwareKey.generate(.p256))
  }

  private func statement(_ format: String, _ certificate: Certificate, over text: String, by key: SoftwareKey) throws
    -> JSONValue
  { try AttestationStatement.payload(format, certificate, over: text, by: key) }

  /// The authorization's address, its token, and its order.
  private func begin(_ device: Device, _ type: String, _ value: String) async throws -> (
    ACMEObjectID, String, ACMEObjectID
  ) {
    let answer = try await device.client.order([(type, value)])
    guard
      case .authorization(let id) = try device.client.resource(answer.json["authorizations"]?.elements?.first?.text),
      case .order(let order) = try device.client.resource(answer.location)
    else { throw ACMEScene.Problem() }
    let shown = try await device.client.post(.authorization(id)).json["challenges"]?.elements?.first
    #expect(shown?["type"] == "device-attest-01")
    return (id, try #require(shown?["token"]?.text), order)
  }

  private func certificate(_ device: Device, serial: String?, names: [GeneralName] = []) throws -> Certificate {
    try device.manufacturer.issue(
      "key", serialNumber: serial, key: device.key.publicKey, names: names, extensions: [.keyUsage(.digitalSignature)],
      at: device.scene.installation.clock.now())
  }

  @Test(arguments: ["packed", "step"])
  func anAttestedKeyIsCertified(format: String) async throws {
    let device = try await device("PUMP-1")
    let (id, token, order) = try await begin(device, "permanent-identifier", "PUMP-1")
    let made = try statement(
      format, try certificate(device, serial: "PUMP-1"), over: "\(token).\(device.client.thumbprint)", by: device.key)
    let answer = try await device.client.post(.challenge(id, .deviceAttest), made)
    #expect(answer.json["status"] == "valid", "\(String(decoding: answer.body, as: UTF8.self))")
    // The draft's §5: the certificate is for the attested key, and no other.
    let other = try await ACMEClient.request([], key: .generate(.p256))
    #expect(try await device.client.post(.finalize(order), ["csr": .string(other)]).error == "badCSR")
    // Privacy mode: the request need not name the device.
    let csr = try await ACMEClient.request([], key: device.key)
    let final = try await device.client.post(.finalize(order), ["csr": .string(csr)])
    #expect(final.json["status"] == "valid", "\(String(decoding: final.body, as: UTF8.self))")
    // TRUST.md, Subjects: the record says where the key is, and so does a renewal's.
    #expect(try await origins(of: device.key, in: device.scene) == [.attested])
    let (again, fresh, next) = try await begin(device, "permanent-identifier", "PUMP-1")
    let anew = try statement(
      format, try certificate(device, serial: "PUMP-1"), over: "\(fresh).\(device.client.thumbprint)", by: device.key)
    #expect(try await device.client.post(.challenge(again, .deviceAttest), anew).json["status"] == "valid")
    #expect(try await device.client.post(.finalize(next), ["csr": .string(csr)]).json["status"] == "valid")
    #expect(try await origins(of: device.key, in: device.scene) == [.attested, .attested])
  }

  private func origins(of key: SoftwareKey, in scene: ACMEScene) async throws -> [CertificateRecord.KeyOrigin] {
    let organization = scene.installation.organization
    return try await scene.installation.store.read {
      try $0.certificates(keyHash: key.publicKey.keyHash, in: organization).map(\.keyOrigin)
    }
  }

  /// Control of a name says nothing of where a key lies.
  @Test func keysOfOtherOrdersAreSoftware() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let key = try SoftwareKey.generate(.p256)
    _ = try await scene.certificate(client, ["a.example"], key: key)
    #expect(try await origins(of: key, in: scene) == [.software])
  }

  @Test func whatAStatementMustShow() async throws {
    let device = try await device("PUMP-1")
    let good = try certificate(device, serial: "PUMP-1")
    func refused(_ what: String, _ make: (String) throws -> JSONValue) async throws {
      let (id, token, order) = try await begin(device, "permanent-identifier", "PUMP-1")
      let answer = try await device.client.post(.challenge(id, .deviceAttest), try make(token))
      #expect(answer.error == "badAttestationStatement", "\(what)")
      #expect(try await device.client.post(.authorization(id)).json["status"] == "invalid", "\(what)")
      #expect(try await device.client.post(.order(order)).json["status"] == "invalid", "\(what)")
    }
    let own = device.client.thumbprint
    try await refused("the token alone") { try statement("packed", good, over: $0, by: device.key) }
    try await refused("another account") { try statement("packed", good, over: "\($0).AAAA", by: device.key) }
    try await refused("another key") { try statement("packed", good, over: "\($0).\(own)", by: .generate(.p256)) }
    try await refused("another device") {
      try statement("packed", certificate(device, serial: "PUMP-2"), over: "\($0).\(own)", by: device.key)
    }
    try await refused("nobody's word") {
      let stranger = try SmallAuthority(name: "Stranger", at: device.scene.installation.clock.now())
      let own = Device(scene: device.scene, client: device.client, manufacturer: stranger, key: device.key)
      return try statement(
        "packed", certificate(own, serial: "PUMP-1"), over: "\($0).\(device.client.thumbprint)", by: device.key)
    }
    try await refused("an unknown format") { try statement("tpm", good, over: "\($0).\(own)", by: device.key) }
    try await refused("step without its wrapping") { token in
      let made = try statement("packed", good, over: "\(token).\(own)", by: device.key)
      let object = try #require(Base64.decodeJOSE(made["attObj"]?.text ?? ""))
      let renamed = Array(String(decoding: object.prefix(1), as: UTF8.self).utf8)
      _ = renamed
      return ["attObj": .string(Base64.encodeURL(object.prefix(40)))]
    }
    try await refused("nothing") { _ in [:] }
  }

  @Test func modulesAreNamedOctetForOctet() async throws {
    let device = try await device("CHIP-9", prefix: "CHIP-")
    let name = DERWriter.build {
      $0.sequence {
        $0.objectIdentifier(ObjectIdentifier([1, 2, 3, 4]))
        $0.octetString(Array("CHIP-9".utf8))
      }
    }
    let leaf = try certificate(device, serial: nil, names: [.otherName(GeneralName.hardwareModuleName, name)])
    let (wrong, wrongToken, _) = try await begin(device, "hardware-module", "CHIP-9/1.2.3.5")
    let other = try statement("packed", leaf, over: "\(wrongToken).\(device.client.thumbprint)", by: device.key)
    #expect(try await device.client.post(.challenge(wrong, .deviceAttest), other).error == "badAttestationStatement")
    let (id, token, order) = try await begin(device, "hardware-module", "CHIP-9/1.2.3.4")
    let made = try statement("packed", leaf, over: "\(token).\(device.client.thumbprint)", by: device.key)
    #expect(try await device.client.post(.challenge(id, .deviceAttest), made).json["status"] == "valid")
    // Another module's name in the request is not the order's.
    let csr = try await ACMEClient.request(
      [.otherName(ACMENames.permanentIdentifier, DERWriter.build { $0.sequence { $0.utf8String("CHIP-8") } })],
      key: device.key)
    #expect(try await device.client.post(.finalize(order), ["csr": .string(csr)]).error == "badCSR")
  }
}

private enum ACMENames {
  static let permanentIdentifier = ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 8, 3])
}

import Attestation
import Credentials
import Crypto
import Enrollment
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// device-attest-01 with WebAuthn's `tpm` statement: an attestation key that an authority certified certifies the
/// request's key. Keys are in software here, so that what is wrong can be signed validly.
@Suite struct ACMETPMAttestationTests {
  private struct Device {
    let client: ACMEClient
    let manufacturer: SmallAuthority
    let attestationKey: SoftwareKey
    let key: SoftwareKey
    let now: Instant
    let store: any Store
    let organization: OrganizationID
  }

  private func device(_ serial: String) async throws -> Device {
    let scene = try await ACMEScene()
    try await scene.openProfile("fleet")
    let secret = try await scene.addDevice(serial, profile: "fleet")
    let client = try await ACMEClient(service: scene.service(), profile: "fleet").registered(serial, secret)
    let now = scene.installation.clock.now()
    let manufacturer = try SmallAuthority(name: "Maker", at: now)
    let organization = scene.installation.organization
    let anchor = TrustAnchorRecord(
      name: "maker", certificate: manufacturer.certificate.encoded,
      profiles: [try #require(ProfileName(rawValue: "fleet"))], manufacturer: "Maker", addedAt: now, addedBy: "test")
    try await scene.installation.store.write { try $0.insert(anchor, in: organization) }
    return Device(
      client: client, manufacturer: manufacturer, attestationKey: try SoftwareKey.generate(.p256),
      key: try SoftwareKey.generate(.p256), now: now, store: scene.installation.store, organization: organization)
  }

  /// What a statement is made of; a test changes one thing.
  private struct Statement {
    var version = "2.0"
    var algorithm: UInt64 = 6
    var purposes = [AttestationCertificate.purpose]
    var serial = "PUMP-1"
    var attributes = TPMObjectAttributes.residence.union([.sign, .userWithAuth])
    var nonce: [UInt8]?
    var namesOther = false
    var signedByOther = false
  }

  private func object(_ statement: Statement, _ device: Device, over text: String) throws -> JSONValue {
    let area = try Self.area(device.key, statement.attributes)
    let name = try statement.namesOther ? Self.area(device.attestationKey, statement.attributes).name : area.name
    let attest = try TPMAttest(
      qualifiedSigner: [0, 11], extraData: statement.nonce ?? Array(SHA256.hash(data: Array(text.utf8))),
      attested: .certify(name: name, qualifiedName: name)
    ).encoded
    let signer = statement.signedByOther ? device.key : device.attestationKey
    let signature = TPMSignature.encode(
      try signer.signature(over: attest), algorithm: signer.algorithm, key: signer.publicKey.algorithm)
    let certificate = try device.manufacturer.issue(
      "key", serialNumber: statement.serial, key: device.attestationKey.publicKey,
      extensions: [.keyUsage(.digitalSignature)]
        + (statement.purposes.isEmpty ? [] : [.extendedKeyUsage(statement.purposes)]),
      at: device.now)
    let members: [CBOR.Entry] = [
      .init(.text("ver"), .text(statement.version)), .init(.text("alg"), .negative(statement.algorithm)),
      .init(.text("x5c"), .array([.bytes(certificate.encoded)])), .init(.text("sig"), .bytes(signature ?? [])),
      .init(.text("certInfo"), .bytes(attest)), .init(.text("pubArea"), .bytes(area.encoded)),
    ]
    let object = CBOR.map([.init(.text("fmt"), .text("tpm")), .init(.text("attStmt"), .map(members))])
    return ["attObj": .string(Base64.encodeURL(Self.encode(object)))]
  }

  private static func area(_ key: SoftwareKey, _ attributes: TPMObjectAttributes) throws -> TPMPublicArea {
    let point = Array(key.publicKey.keyOctets)
    return try TPMPublicArea(
      nameAlgorithm: .sha256, attributes: attributes, scheme: TPMScheme(TPMAlgorithm.ecdsa, .sha256),
      parameters: .ecc(curve: .p256, x: Array(point[1..<33]), y: Array(point[33...])))
  }

  private func begin(_ device: Device) async throws -> (ACMEObjectID, String, ACMEObjectID) {
    let answer = try await device.client.order([("permanent-identifier", "PUMP-1")])
    guard
      case .authorization(let id) = try device.client.resource(answer.json["authorizations"]?.elements?.first?.text),
      case .order(let order) = try device.client.resource(answer.location)
    else { throw ACMEScene.Problem() }
    let shown = try await device.client.post(.authorization(id)).json["challenges"]?.elements?.first
    return (id, try #require(shown?["token"]?.text), order)
  }

  @Test func aCertifiedKeyGetsACertificate() async throws {
    let device = try await device("PUMP-1")
    let (id, token, order) = try await begin(device)
    let made = try object(Statement(), device, over: "\(token).\(device.client.thumbprint)")
    let answer = try await device.client.post(.challenge(id, .deviceAttest), made)
    #expect(answer.json["status"] == "valid", "\(String(decoding: answer.body, as: UTF8.self))")
    let other = try await ACMEClient.request([], key: device.attestationKey)
    #expect(try await device.client.post(.finalize(order), ["csr": .string(other)]).error == "badCSR")
    let csr = try await ACMEClient.request([], key: device.key)
    let final = try await device.client.post(.finalize(order), ["csr": .string(csr)])
    #expect(final.json["status"] == "valid", "\(String(decoding: final.body, as: UTF8.self))")
  }

  /// An attestation key that its own exchange bound to a TPM shows residence over ACME too; another does not.
  @Test func aKnownTPMsStatementShowsWhereTheKeyLives() async throws {
    for isKnown in [true, false] {
      let device = try await device("PUMP-1")
      let (store, organization) = (device.store, device.organization)
      let known = isKnown ? device.attestationKey : try SoftwareKey.generate(.p256)
      let area = try Self.area(known, .residence.union([.restricted, .sign])).encoded
      try await store.write { writer in
        let record = try #require(try writer.device(serial: "PUMP-1", manufacturer: "", in: organization))
        try writer.pin(
          DeviceTPMRecord(
            endorsementKeyHash: [UInt8](repeating: 1, count: 32), device: record.id, attestationKey: area,
            manufacturer: "chips", pinnedAt: device.now, pinnedBy: "test"),
          in: organization)
      }
      let (id, token, order) = try await begin(device)
      let made = try object(Statement(), device, over: "\(token).\(device.client.thumbprint)")
      _ = try await device.client.post(.challenge(id, .deviceAttest), made)
      let csr = try await ACMEClient.request([], key: device.key)
      let final = try await device.client.post(.finalize(order), ["csr": .string(csr)])
      #expect(final.json["status"] == "valid", "\(String(decoding: final.body, as: UTF8.self))")
      let keyHash = device.key.publicKey.keyHash
      let residence = try await store.read { try $0.keyResidence(keyHash: keyHash, in: organization) }
      #expect((residence != nil) == isKnown)
    }
  }

  @Test func whatIsNotBelieved() async throws {
    let device = try await device("PUMP-1")
    var cases: [(String, Statement)] = []
    func add(_ what: String, _ change: (inout Statement) -> Void) {
      var statement = Statement()
      change(&statement)
      cases.append((what, statement))
    }
    add("another version") { $0.version = "1.2" }
    add("another algorithm") { $0.algorithm = 256 }
    add("no attestation key's certificate") { $0.purposes = [] }
    add("a certificate of another purpose") { $0.purposes = [ExtendedKeyUsage.clientAuth] }
    add("another device") { $0.serial = "PUMP-2" }
    add("a key that may leave") { $0.attributes = [.sensitiveDataOrigin, .sign] }
    add("a restricted key") { $0.attributes.insert(.restricted) }
    add("another challenge") { $0.nonce = [UInt8](repeating: 1, count: 32) }
    add("another key's Name") { $0.namesOther = true }
    add("the key's own signature") { $0.signedByOther = true }
    for (what, statement) in cases {
      let (id, token, _) = try await begin(device)
      let made = try object(statement, device, over: "\(token).\(device.client.thumbprint)")
      let answer = try await device.client.post(.challenge(id, .deviceAttest), made)
      #expect(answer.error == "badAttestationStatement", "\(what)")
    }
  }

  private static func encode(_ item: CBOR) -> [UInt8] {
    func head(_ major: UInt8, _ count: Int) -> [UInt8] {
      if count < 24 { return [major << 5 | UInt8(count)] }
      if count < 256 { return [major << 5 | 24, UInt8(count)] }
      return [major << 5 | 25, UInt8(count >> 8), UInt8(count & 0xFF)]
    }
    switch item {
    case .negative(let value): return head(1, Int(value))
    case .bytes(let octets): return head(2, octets.count) + octets
    case .text(let text): return head(3, text.utf8.count) + Array(text.utf8)
    case .array(let items): return head(4, items.count) + items.flatMap(encode)
    case .map(let entries): return head(5, entries.count) + entries.flatMap { encode($0.key) + encode($0.value) }
    case .unsigned, .boolean, .null: return []
    }
  }
}

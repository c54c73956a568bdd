import Credentials
import Crypto
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// External account binding (RFC 8555 §7.3.4), what it lets an account ask for, and renewal (RFC 9773).
@Suite struct ACMEBindingTests {
  private func client(_ scene: ACMEScene) -> ACMEClient { ACMEClient(service: scene.service(), profile: "broker") }

  @Test func bindings() async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addDevice("broker.example")
    let client = client(scene)
    #expect(try await client.get(.directory).json["meta"]?["externalAccountRequired"] == true)
    let without = try await client.post(.newAccount, .object([]), byKey: true)
    #expect(without.status == 403 && without.error == "externalAccountRequired")
    func answer(_ binding: JSONValue) async throws -> ACMEAnswer {
      try await client.post(.newAccount, ["externalAccountBinding": binding], byKey: true)
    }
    let wrong = EnrollmentSecret().text
    #expect(try await answer(client.binding("broker.example", wrong)).error == "unauthorized")
    #expect(try await answer(client.binding("nobody", secret)).error == "unauthorized")
    #expect(
      try await answer(client.binding("broker.example", secret, url: client.base + "new-order")).error == "malformed")
    let other = ACMEClient.Key.p256(P256.Signing.PrivateKey())
    #expect(try await answer(client.binding("broker.example", secret, key: other.jwk)).error == "malformed")
    #expect(scene.wrongSecrets.withLock { $0 } == ["broker.example", "nobody"])
    _ = try await client.registered("broker.example", secret)
    // Wrong ones are slowed down, the right one never.
    for _ in 0..<8 { _ = try await answer(client.binding("broker.example", wrong)) }
    let slowed = try await answer(client.binding("broker.example", wrong))
    #expect(slowed.status == 429 && slowed.error == "rateLimited" && slowed.retryAfter == 60)
    #expect(try await answer(client.binding("broker.example", secret)).status == 200)
  }

  @Test func aDevicesSecretIsForItsOwnNames() async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addDevice("broker.example", labels: ["names": "mqtt.example, 192.0.2.9"])
    let client = try await client(scene).registered("broker.example", secret)
    for allowed in [("dns", "broker.example"), ("dns", "mqtt.example"), ("ip", "192.0.2.9")] {
      #expect(try await client.order([allowed]).status == 201, "\(allowed)")
    }
    let refused = try await client.order([("dns", "broker.example"), ("dns", "bank.example")])
    #expect(refused.error == "rejectedIdentifier")
    #expect(refused.json["identifier"]?["value"] == "bank.example")
    #expect(
      refused.json["detail"]?.text?.contains(
        "touchmark device label broker.example --set names=mqtt.example,192.0.2.9,bank.example") == true)
  }

  /// One use a certificate; the next one for the same names renews it, with a key of its own.
  @Test func renewalByTheAccount() async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addDevice("broker.example")
    let client = try await client(scene).registered("broker.example", secret)
    let first = try await scene.certificate(client, ["broker.example"])
    #expect(first.subject.description == "CN=broker.example")
    let name = Base64.encodeURL(first.authorityKeyIdentifier ?? []) + "." + Base64.encodeURL(first.serial.bytes)

    let info = try await client.get(.renewalInfo(name))
    #expect(info.status == 200 && info.retryAfter != nil)
    let start = try #require(info.json["suggestedWindow"]?["start"]?.text.flatMap { Instant($0) })
    let end = try #require(info.json["suggestedWindow"]?["end"]?.text.flatMap { Instant($0) })
    #expect(start == first.notAfter - .days(10) && end == first.notAfter - .days(5))

    scene.installation.clock.set(start)
    let second = try await scene.certificate(client, ["broker.example"], replaces: name)
    #expect(second.serial != first.serial && second.subject == first.subject)
    let organization = scene.installation.organization
    let record = try await scene.installation.store.read {
      try $0.certificate(fingerprint: second.fingerprint, in: organization)
    }
    #expect(record?.parentFingerprint == first.fingerprint)
    // RFC 9773 §5: honored once, and only for a certificate of this account with a name in common.
    let again = try await client.order([("dns", "broker.example")], replaces: name)
    #expect(again.status == 409 && again.error == "alreadyReplaced")
    #expect(try await client.order([("dns", "broker.example")], replaces: "AAAA.AAAA").status != 201)
    #expect(try await client.order([("dns", "broker.example")], replaces: "x").error == "malformed")
    // A client without ARI renews just so; a voided secret does not stop what was given, an ended account does.
    scene.installation.clock.advance(by: .days(20))
    let third = try await scene.certificate(client, ["broker.example"])
    #expect(third.serial != second.serial)
  }

  @Test func aSecretIsUsedOnce() async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addDevice("broker.example", labels: ["names": "mqtt.example"])
    let client = try await client(scene).registered("broker.example", secret)
    _ = try await scene.certificate(client, ["broker.example"])
    let order = try await scene.ready(client, ["mqtt.example"])
    let csr = try await ACMEClient.request([.dnsName("mqtt.example")], key: .generate(.p256))
    let refused = try await client.post(.finalize(order), ["csr": .string(csr)])
    #expect(refused.error == "unauthorized")
    // A suspended device gets nothing either, whatever its account holds.
    scene.voidSecrets(of: "broker.example")
    #expect(try await client.post(.finalize(order), ["csr": .string(csr)]).error == "unauthorized")
  }

  @Test func aGrantCountsCertificates() async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addGrant("brokers", uses: 2, serials: ["a.example", "b.example", "c.example"])
    let client = try await client(scene).registered("brokers", secret)
    #expect(try await client.order([("dns", "d.example")]).error == "rejectedIdentifier")
    for name in ["a.example", "b.example"] {
      #expect(try await scene.certificate(client, [name]).subject.description == "CN=\(name)")
    }
    let order = try await scene.ready(client, ["c.example"])
    let csr = try await ACMEClient.request([.dnsName("c.example")], key: .generate(.p256))
    #expect(try await client.post(.finalize(order), ["csr": .string(csr)]).error == "unauthorized")
    // A renewal is none of the grant's uses.
    _ = try await scene.certificate(client, ["a.example"])
  }

  @Test func certificatesThatAreNotGoodAreRenewedAtOnce() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let certificate = try await scene.certificate(client, ["a.example"])
    let name =
      Base64.encodeURL(certificate.authorityKeyIdentifier ?? []) + "." + Base64.encodeURL(certificate.serial.bytes)
    let organization = scene.installation.organization
    let now = scene.installation.clock.now()
    try await scene.installation.store.write { writer in
      let record = try #require(try writer.certificate(fingerprint: certificate.fingerprint, in: organization))
      try writer.setStatus(
        .revoked, revokedAt: now, reason: .keyCompromise, ofSerial: record.serial, authority: record.authority,
        in: organization)
    }
    let end = try await client.get(.renewalInfo(name)).json["suggestedWindow"]?["end"]?.text.flatMap { Instant($0) }
    #expect(try #require(end) < now)
    #expect(try await client.get(.renewalInfo("AAAA.AQ")).status == 404)
    #expect(try await client.get(.renewalInfo("AAAA.AAE")).status == 400)
  }
}

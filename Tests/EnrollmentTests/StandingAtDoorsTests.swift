import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// While a device is suspended or retired nothing of it is taken at any door, and an expired certificate renews and does
/// nothing else.
@Suite struct StandingAtDoorsTests {
  static let states: [DeviceRecord.State] = [.suspended, .retired]

  private func set(_ state: DeviceRecord.State, of serial: String, in installation: TestInstallation) async throws {
    let organization = installation.organization
    try await installation.store.write { writer in
      var device = try #require(try writer.devices(serial: serial, in: organization).first)
      device.state = state
      try writer.update(device)
    }
  }

  @Test(arguments: states)
  func acme(_ state: DeviceRecord.State) async throws {
    let scene = try await ACMEScene()
    try await scene.openProfile()
    let secret = try await scene.addDevice("gw.example")
    let client = try await ACMEClient(service: scene.service(), profile: "broker").registered("gw.example", secret)
    let order = try await client.order([("dns", "gw.example")])
    guard case .authorization(let id) = try client.resource(order.json["authorizations"]?.elements?.first?.text) else {
      Issue.record("no authorization")
      return
    }
    try await set(state, of: "gw.example", in: scene.installation)
    for answer in [
      try await client.order([("dns", "gw.example")]), try await client.post(.challenge(id, .http), .object([])),
    ] {
      #expect(answer.status == 403 && answer.error == "unauthorized", "\(answer.text)")
      #expect(answer.json["detail"]?.text?.contains(state.rawValue) == true)
    }
    #expect(try await scene.queue.take(upTo: 9).isEmpty)
    let fresh = ACMEClient(service: scene.service(), profile: "broker")
    let binding = try fresh.binding("gw.example", secret)
    let refused = try await fresh.post(.newAccount, ["externalAccountBinding": binding], byKey: true)
    #expect(refused.status == 403 && refused.error == "unauthorized", "\(refused.text)")
  }

  @Test(arguments: states)
  func cmpRevokesNothing(_ state: DeviceRecord.State) async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    try await set(state, of: "PUMP-1", in: world.installation)
    let reply = try await world.send(
      world.client(device, certificate).message(11, CMPClient.revocation(Certificate(parsing: certificate), reason: 1)))
    #expect(reply.status == 2 && reply.failInfo == [23])
    #expect(try await world.status(of: certificate) == .good)
  }

  @Test(arguments: states)
  func theHolderOfAnAccountRevokesNothing(_ state: DeviceRecord.State) async throws {
    let world = try await CMPWorld()
    let (_, certificate) = try await world.enroll("PUMP-1")
    try await set(state, of: "PUMP-1", in: world.installation)
    let service = CertificateService(
      store: world.installation.store, organization: world.installation.organization,
      clock: world.installation.clock.now)
    let fingerprint = try Certificate(parsing: certificate).fingerprint
    for revoker in [Revoker.recipient, .certificate(fingerprint: fingerprint)] {
      let refusal = await #expect(throws: Refusal.self) {
        try await service.revokeOwn(
          .fingerprint(fingerprint), reason: .unspecified, by: revoker, door: .acme, address: "192.0.2.1")
      }
      #expect(refusal?.code == (state == .suspended ? .suspended : .retired))
    }
    #expect(try await world.status(of: certificate) == .good)
  }

  @Test(arguments: states)
  func scepGivesNoCertificate(_ state: DeviceRecord.State) async throws {
    let scene = try await SCEPScene()
    let own = try await scene.enroll("S-1")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-1")
    #expect(try await scene.ask(client, 21, Self.named(own)).status == "0")
    try await set(state, of: "S-1", in: scene.installation)
    #expect(try await scene.ask(client, 21, Self.named(own)).failInfo == "2")
  }

  @Test func anExpiredCertificateIsGivenToNobody() async throws {
    let scene = try await SCEPScene()
    let own = try await scene.enroll("S-1")
    scene.installation.clock.advance(by: .days(8))
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-1", certificate: own)
    #expect(try await scene.ask(client, 21, Self.named(own)).failInfo == "4")
  }

  /// An old key, thrown away after a renewal, ends nothing.
  @Test func anExpiredCertificateRevokesNothing() async throws {
    let world = try await CMPWorld()
    let (device, old) = try await world.enroll("PUMP-1")
    world.installation.clock.advance(by: .days(4))
    var client = try world.client(device, old)
    client.implicitConfirm = true
    let next = try TestDevice("PUMP-1")
    let renewed = try await world.send(client.message(7, CMPClient.requests(next.key, subject: device.subject)))
    let present = try #require(renewed.certificate)
    world.installation.clock.advance(by: .days(4))
    for certificate in [present, old] {
      let reply = try await world.send(
        world.client(device, old).message(11, CMPClient.revocation(Certificate(parsing: certificate), reason: 1)))
      #expect(reply.status == 2 && reply.failInfo == [23])
      #expect(try await world.status(of: certificate) == .good)
    }
  }

  private static func named(_ certificate: Certificate) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.raw(certificate.issuer.encoded)
        $0.unsignedInteger(certificate.serial.bytes)
      }
    }
  }
}

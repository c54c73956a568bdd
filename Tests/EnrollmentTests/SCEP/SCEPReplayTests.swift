import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// RFC 8894 §3.3.1: every kind of message comes a second time, here and at another process of the same store. What was
/// issued is given again, or refused; never is there a second certificate.
@Suite struct SCEPReplayTests {
  private func replay(
    _ message: [UInt8], of client: TestSCEPClient, in scene: SCEPScene, _ name: String
  ) async throws -> TestSCEPClient.Reply {
    let first = try client.read(try await scene.send(message).body, from: scene.authority.certificate)
    let before = try await standing(scene)
    for service in [scene.service, scene.elsewhere] {
      let answer = try await service.operate(message, profile: scene.profile, address: "192.0.2.9")
      let again = try client.read(answer.body, from: scene.authority.certificate)
      #expect((again.status, again.failInfo) == (first.status, first.failInfo), "\(name)")
      #expect(again.certificates == first.certificates, "\(name)")
      #expect(again.senderNonce != first.senderNonce, "\(name)")
    }
    #expect(try await standing(scene) == before, "\(name)")
    return first
  }

  /// Certificates and requests that wait.
  private func standing(_ scene: SCEPScene) async throws -> [Int] {
    let (organization, profile) = (scene.installation.organization, scene.profile)
    return try await scene.installation.store.read { reader in
      [
        try reader.countCertificates(matching: CertificateFilter(profile: profile), in: organization),
        try reader.pendingRequests(matching: nil, after: nil, limit: 100, in: organization).items.count,
      ]
    }
  }

  private func named(_ certificate: Certificate) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        $0.raw(certificate.issuer.encoded)
        $0.unsignedInteger(certificate.serial.bytes)
      }
    }
  }

  @Test func everyMessageType() async throws {
    let scene = try await SCEPScene()
    let secret = try await scene.register("R-1")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "R-1")
    let recipient = try scene.recipient
    let request = try TestSCEPClient.request(SCEPScene.rsa, serial: "R-1", challenge: secret)
    let enrolled = try await replay(
      client.message(19, content: request, to: [recipient]), of: client, in: scene, "PKCSReq")
    let own = try #require(enrolled.certificates.first)
    let renewing = try TestSCEPClient(key: SCEPScene.rsa, serial: "R-1", certificate: own)
    let next = try SoftwareKey.generate(.p256)
    let renewed = try await replay(
      renewing.message(17, content: TestSCEPClient.request(next, serial: "R-1"), to: [recipient]), of: renewing,
      in: scene, "RenewalReq")
    #expect(renewed.certificates.first?.publicKey == next.publicKey)
    let asked = try await replay(
      client.message(21, content: named(own), to: [recipient]), of: client, in: scene, "GetCert")
    #expect(asked.certificates == [own])
    _ = try await replay(client.message(22, content: named(own), to: [recipient]), of: client, in: scene, "GetCRL")
    let unknown = try await replay(
      client.message(20, content: named(own), to: [recipient]), of: client, in: scene, "CertPoll")
    #expect(unknown.failInfo == "4")
    #expect(try await standing(scene) == [2, 0])
  }

  /// Through real approval: the same message waits, the same poll waits, and then both get the one certificate.
  @Test func whatWaits() async throws {
    let scene = try await SCEPScene(lines: "approval: required")
    let secret = try await scene.register("R-2")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "R-2")
    let request = try client.message(
      19, content: TestSCEPClient.request(SCEPScene.rsa, serial: "R-2", challenge: secret), to: [try scene.recipient])
    let poll = try client.message(
      20,
      content: DERWriter.build {
        $0.sequence {
          $0.raw(scene.authority.certificate.issuer.encoded)
          $0.raw(client.certificate.subject.encoded)
        }
      }, to: [try scene.recipient])
    #expect(try await replay(request, of: client, in: scene, "PKCSReq that waits").status == "3")
    #expect(try await replay(poll, of: client, in: scene, "CertPoll that waits").status == "3")
    #expect(try await standing(scene) == [0, 1])
    try await scene.approveAll()
    let given = try await replay(poll, of: client, in: scene, "CertPoll")
    #expect(given.certificates.first?.publicKey == SCEPScene.rsa.publicKey)
    #expect(try await replay(request, of: client, in: scene, "PKCSReq").certificates == given.certificates)
    #expect(try await standing(scene)[0] == 1)
  }

  /// A transaction that nobody went on with is removed, and polling it finds nothing.
  @Test func expiredTransactionsAreSwept() async throws {
    let scene = try await SCEPScene(lines: "approval: required")
    let secret = try await scene.register("R-3")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "R-3")
    let request = try TestSCEPClient.request(SCEPScene.rsa, serial: "R-3", challenge: secret)
    #expect(try await scene.ask(client, 19, request).status == "3")
    let sweep = ExpirySweep(
      store: scene.installation.store, organization: scene.installation.organization,
      clock: scene.installation.clock.now)
    try await sweep.sweep()
    #expect(try await scene.ask(client, 20, named(client.certificate)).status == "3", "swept before its time")
    scene.installation.clock.advance(by: .days(31))
    try await sweep.sweep()
    let (organization, later) = (scene.installation.organization, scene.installation.clock.now() + .days(1000))
    let left = try await scene.installation.store.write {
      try $0.deleteProtocolTransactions(expiredBefore: later, in: organization)
    }
    #expect(left == 0)
    #expect(try await scene.ask(client, 20, named(client.certificate)).failInfo == "4")
  }
}

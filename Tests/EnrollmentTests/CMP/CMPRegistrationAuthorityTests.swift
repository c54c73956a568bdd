import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// RFC 9483 §5.2.3, §5.3.2: a registration authority, by its record, asks and revokes for others.
@Suite struct CMPRegistrationAuthorityTests {
  /// RFC 9810 §5.2.8.3.1.
  @Test func raVerifiedIsARegistrationAuthoritysWord() async throws {
    let world = try await CMPWorld()
    _ = try await world.register("PUMP-1")
    let device = try TestDevice("PUMP-1")
    let content = try CMPClient.requests(device.key, subject: device.subject, proof: .raVerified)
    var gateway = try await world.appoint("gateway-7")
    gateway.implicitConfirm = true
    let reply = try await world.send(gateway.message(0, content))
    #expect(reply.status == 0, "\(reply.text ?? "")")
    let certificate = try Certificate(parsing: try #require(reply.certificate))
    #expect(certificate.publicKey == device.key.publicKey)
    #expect(certificate.subject.values(of: AttributeType.serialNumber) == ["PUMP-1"])
  }

  @Test func itIsNobodyElses() async throws {
    let world = try await CMPWorld()
    let (other, own) = try await world.enroll("PUMP-2")
    let secret = try await world.register("PUMP-1")
    let device = try TestDevice("PUMP-1")
    let content = try CMPClient.requests(device.key, subject: device.subject, proof: .raVerified)
    // Its own device's secret, another device's certificate, and that one for itself.
    for client in [world.client("PUMP-1", secret), try world.client(other, own)] {
      let reply = try await world.send(client.message(0, content))
      #expect(reply.kind == 1 && reply.certificate == nil && !reply.failInfo.isEmpty)
    }
    let itself = try await world.send(
      world.client(other, own).message(7, CMPClient.requests(device.key, subject: other.subject, proof: .raVerified)))
    #expect(itself.kind == 8 && itself.failInfo == [9])
    // The same purposes in a certificate without a record are nothing: the server's own has id-kp-cmcRA, too.
    let authority = try #require(world.installation.authorities.active(.installation))
    let key = try SoftwareKey.generate(.p256)
    let server = try await InstallationCertificates(
      authority: authority, addresses: world.installation.authorities.addresses
    ).server([.dnsName("localhost")], publicKey: key.publicKey, at: world.now)
    try await world.installation.store.write { try server.record(in: $0, door: .command) }
    let pretender = CMPClient(.signature(certificate: server.encoded, chain: [], key), at: world.now)
    let reply = try await world.send(pretender.message(0, content))
    #expect(reply.status == 2 && reply.certificate == nil)
    #expect(try await world.installed("operational") == 1)
  }

  @Test func itRevokesWhatItEnrolledAndNothingElse() async throws {
    let world = try await CMPWorld()
    _ = try await world.register("PUMP-1")
    let device = try TestDevice("PUMP-1")
    let gateway = try await world.appoint("gateway-7")
    var first = gateway
    first.implicitConfirm = true
    let enrolled = try await world.send(
      first.message(0, CMPClient.requests(device.key, subject: device.subject, proof: .raVerified)))
    let theirs = try #require(enrolled.certificate)
    let (_, foreign) = try await world.enroll("PUMP-2")
    func revoke(_ certificate: [UInt8], by client: CMPClient) async throws -> CMPReply {
      var client = client
      client.transactionID = CMPClient.random(16)
      return try await world.send(
        client.message(11, CMPClient.revocation(Certificate(parsing: certificate), reason: 4)))
    }
    #expect(try await revoke(foreign, by: gateway).failInfo == [4, 23])
    #expect(try await world.status(of: foreign) == .good)
    let stranger = try await world.appoint("gateway-8")
    #expect(try await revoke(theirs, by: stranger).failInfo == [4, 23])
    #expect(try await world.status(of: theirs) == .good)
    #expect(try await revoke(theirs, by: gateway).status == 0)
    #expect(try await world.status(of: theirs) == .revoked)
  }
}

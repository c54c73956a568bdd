import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// ir, cr, kur and p10cr as transcripts: what a client sends, and what it reads back.
@Suite struct CMPEnrollmentTests {
  @Test func initializationUnderASecretIsConfirmedExplicitly() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let client = world.client("PUMP-1", secret)
    let reply = try await world.send(
      client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(reply.kind == 1 && reply.status == 0)
    #expect(reply.transactionID == client.transactionID && reply.recipientNonce == client.senderNonce)
    #expect(reply.senderNonce?.count == 16)
    // The same secret protects the answer, so that caPubs may stand in it.
    #expect(try reply.isProtected(by: secret))
    #expect(reply.publications.contains(world.installation.authorities.root?.certificate ?? []))
    let certificate = try Certificate(parsing: try #require(reply.certificate))
    #expect(certificate.publicKey == device.key.publicKey)
    let confirmed = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(certificate.encoded)))
    #expect(confirmed.kind == 19)
    #expect(try confirmed.isProtected(by: secret))
    #expect(try await world.status(of: certificate.encoded) == .good)
  }

  @Test func implicitConfirmationIsGrantedWhereItIsAskedFor() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    var client = world.client("PUMP-1", try await world.register("PUMP-1"))
    client.implicitConfirm = true
    let reply = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(reply.isConfirmedImplicitly && reply.certificate != nil)
    let late = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(try #require(reply.certificate))))
    #expect(late.kind == 23 && late.failInfo == [11])
  }

  @Test func pbmac1ProtectsAsWell() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let client = CMPClient(.pbmac1(name: "PUMP-1", secret: secret, iterations: 2048), at: world.now)
    let reply = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(reply.certificate != nil)
  }

  @Test(arguments: [KeyAlgorithm.p256, .p384, .ed25519, .rsa2048])
  func updateIsSignedByTheCertificateThatIsUpdated(_ algorithm: KeyAlgorithm) async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1", algorithm)
    let old = try Certificate(parsing: certificate)
    let next = try TestDevice("PUMP-1", algorithm)
    var client = try world.client(device, certificate)
    client.implicitConfirm = true
    let reply = try await world.send(
      client.message(7, CMPClient.requests(next.key, subject: old.subject, old: old)))
    #expect(reply.kind == 8 && reply.status == 0)
    #expect(reply.publications.isEmpty, "caPubs stand under a secret alone")
    #expect(try Certificate(parsing: try #require(reply.certificate)).publicKey == next.key.publicKey)
    // What signs the answer leads to the root that devices hold.
    let signer = try reply.signer()
    let root = try Certificate(parsing: try #require(world.installation.authorities.root?.certificate))
    let path = try CertificationPath.verify(
      leaf: signer, intermediates: reply.extraCertificates.compactMap { try? Certificate(parsing: $0) },
      anchors: [root], at: world.now)
    #expect(path.certificates.count == 3)
    #expect(signer.keyUsage?.contains(.digitalSignature) == true)
  }

  @Test func aPKCS10RequestTravelsUnderASignatureAndASecret() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let client = world.client("PUMP-1", secret)
    let reply = try await world.send(client.message(4, try await device.request().encoded))
    // The profile adds serialNumber to what was asked for.
    #expect(reply.kind == 3 && reply.status == 1)
    let confirmed = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(try #require(reply.certificate))))
    #expect(confirmed.kind == 19)
  }

  @Test func oldCertIDIsTheProtectingCertificate() async throws {
    let world = try await CMPWorld()
    let (device, certificate) = try await world.enroll("PUMP-1")
    let (_, other) = try await world.enroll("PUMP-2")
    let client = try world.client(device, certificate)
    let reply = try await world.send(
      client.message(
        7, CMPClient.requests(device.key, subject: device.subject, old: Certificate(parsing: other))))
    #expect(reply.kind == 8 && reply.status == 2 && reply.failInfo == [4])
  }

  @Test func updateUnderASecretIsRefused() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let reply = try await world.send(client.message(7, CMPClient.requests(device.key, subject: device.subject)))
    #expect(reply.kind == 8 && reply.failInfo == [12])
  }

  @Test(arguments: [CMPClient.Proof.wrong, .none, .raVerified])
  func possessionIsProved(_ proof: CMPClient.Proof) async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let client = world.client("PUMP-1", try await world.register("PUMP-1"))
    let reply = try await world.send(
      client.message(0, CMPClient.requests(device.key, subject: device.subject, proof: proof)))
    #expect(reply.kind == 1 && reply.status == 2 && reply.failInfo == [9])
    #expect(world.gate.issued == 0)
  }

  @Test func theProfileRefusesHereAsEverywhere() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    let secret = try await world.register("PUMP-1")
    let usage = try await world.send(
      world.client("PUMP-1", secret).message(
        0, CMPClient.requests(device.key, subject: device.subject, extensions: [.keyUsage([.keyCertSign])])))
    #expect(usage.failInfo == [16])
    #expect(usage.text?.contains("key-usage") == true)
    let name = DistinguishedName([.init(type: AttributeType.commonName, value: "SOMEBODY")])
    let subject = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.requests(device.key, subject: name)))
    #expect(subject.failInfo == [19])
    let label = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.requests(device.key, subject: device.subject)),
      label: "gateway")
    #expect(label.status == 2 && world.gate.issued == 0)
  }

  @Test func theProfileMayBeNamedInTheHeader() async throws {
    let world = try await CMPWorld()
    let device = try TestDevice("PUMP-1")
    var client = world.client("PUMP-1", try await world.register("PUMP-1"))
    client.profile = "no-such-profile"
    let unknown = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(unknown.status == 2 && unknown.failInfo == [2])
    client.transactionID = CMPClient.random(16)
    client.profile = "operational"
    let reply = try await world.send(client.message(0, CMPClient.requests(device.key, subject: device.subject)))
    #expect(reply.certificate != nil)
  }
}

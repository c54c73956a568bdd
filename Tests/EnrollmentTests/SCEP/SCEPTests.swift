import Credentials
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// Transcripts of RFC 8894 against a real organization.
@Suite struct SCEPTests {
  private func request(_ key: SoftwareKey, _ serial: String, _ challenge: String? = nil) throws -> [UInt8] {
    try TestSCEPClient.request(key, serial: serial, challenge: challenge)
  }

  /// RFC 8894 §3.3.1.1; a lost answer is given again, and another key is refused.
  @Test func challengePassword() async throws {
    let scene = try await SCEPScene()
    let secret = try await scene.register("S-1")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-1")
    let content = try request(SCEPScene.rsa, "S-1", secret)
    let first = try await scene.ask(client, 19, content)
    #expect(first.status == "0")
    #expect(first.certificates.first?.publicKey == SCEPScene.rsa.publicKey)
    let again = try await scene.ask(client, 19, content)
    #expect(again.certificates == first.certificates)
    #expect(again.senderNonce != first.senderNonce)
    #expect(try await scene.issued(to: SCEPScene.rsa) == 1)

    let other = try SoftwareKey.generate(.p256)
    let refused = try await scene.ask(TestSCEPClient(key: other, serial: "S-1"), 19, try request(other, "S-1", secret))
    #expect((refused.status, refused.failInfo) == ("2", "2"))
  }

  @Test func wrongChallenge() async throws {
    let scene = try await SCEPScene()
    _ = try await scene.register("S-1")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-1")
    for challenge in [EnrollmentSecret().text, "x", nil] {
      let message = try client.message(
        19, content: try request(SCEPScene.rsa, "S-1", challenge), to: [try scene.recipient])
      let answer = try await scene.send(message)
      let reply = try client.read(answer.body, from: scene.authority.certificate)
      #expect((reply.status, reply.failInfo) == ("2", "2"))
      #expect(answer.claimedName == "S-1")
      #expect(answer.refusal != nil)
      if let challenge, challenge.count > 1 { #expect(reply.failText?.contains(challenge) == false) }
    }
    #expect(try await scene.issued(to: SCEPScene.rsa) == 0)
  }

  /// RFC 8894 §3.3.1.2: signed by the certificate that is renewed; the same message is answered with the same
  /// certificate, or refused, and never with a second one.
  @Test func renewal() async throws {
    let scene = try await SCEPScene()
    let old = try await scene.enroll("S-2")
    let key = try SoftwareKey.generate(.p256)
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-2", certificate: old)
    let content = try request(key, "S-2")
    let message = try client.message(17, content: content, to: [try scene.recipient])
    let first = try client.read(try await scene.send(message).body, from: scene.authority.certificate)
    #expect(first.certificates.first?.publicKey == key.publicKey)
    for days in [Int64(0), 5] {
      scene.installation.clock.advance(by: .days(days))
      let again = try client.read(try await scene.send(message).body, from: scene.authority.certificate)
      #expect(again.certificates == first.certificates)
    }
    scene.installation.clock.advance(by: .days(20))
    let late = try client.read(try await scene.send(message).body, from: scene.authority.certificate)
    #expect((late.status, late.failInfo) == ("2", "2"))
    #expect(try await scene.issued(to: key) == 1)
  }

  @Test func renewalNeedsTheCertificate() async throws {
    let scene = try await SCEPScene()
    let secret = try await scene.register("S-3")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-3")
    let reply = try await scene.ask(client, 17, try request(SCEPScene.rsa, "S-3", secret))
    #expect((reply.status, reply.failInfo) == ("2", "2"))
    // A stranger's certificate renews nothing.
    let stranger = try SmallAuthority(.rsa2048, at: scene.installation.clock.now())
    let theirs = try stranger.issue("S-3", key: SCEPScene.rsa.publicKey, at: scene.installation.clock.now())
    let shown = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-3", certificate: theirs)
    #expect(try await scene.ask(shown, 17, try request(SCEPScene.rsa, "S-3")).status == "2")
    #expect(try await scene.issued(to: SCEPScene.rsa) == 0)
  }

  /// RFC 8894 §3.1: a key that only signs is answered under the challenge password; a renewal, by key agreement.
  @Test func ellipticCurves() async throws {
    let scene = try await SCEPScene()
    let key = try SoftwareKey.generate(.p256)
    let old = try await scene.enroll("S-4", key: key)
    let client = try TestSCEPClient(key: key, serial: "S-4", certificate: old)
    let reply = try await scene.ask(client, 17, try request(try SoftwareKey.generate(.p384), "S-4"))
    #expect(reply.status == "0")
    let edwards = try await scene.enroll("S-5", key: try SoftwareKey.generate(.ed25519))
    #expect(edwards.publicKey?.algorithm == .ed25519)
  }

  /// RFC 8894 §3.1: nothing of RSA at all; the secret opens the request and closes the answer.
  @Test func underAPassword() async throws {
    let known = EnrollmentSecret()
    let scene = try await SCEPScene(secrets: ["S-6": [Array("another".utf8), Array(known.text.utf8)]])
    let time = scene.installation.clock.now()
    let (organization, profile) = (scene.installation.organization, scene.profile)
    try await scene.installation.store.write { writer in
      var random = SystemRandomNumberGenerator()
      let device = DeviceRecord(
        id: DeviceID(at: time, random: &random), organization: organization, manufacturer: "", serial: "S-6",
        kind: .device, profile: profile, state: .registered, registeredAt: time, registeredBy: "test")
      try writer.insert(device)
      try writer.insert(
        EnrollmentSecretRecord(
          device: device.id, secretHash: known.hash, profile: profile, expiresAt: time + .days(7), createdAt: time),
        in: organization)
    }
    let key = try SoftwareKey.generate(.p256)
    let client = try TestSCEPClient(key: key, serial: "S-6")
    let under = Recipient.password(Array(known.text.utf8), iterations: 1000)
    let answer = try await scene.send(try client.message(19, content: try request(key, "S-6"), to: [under]))
    let reply = try client.read(answer.body, from: scene.authority.certificate, challenge: known.text)
    #expect(reply.certificates.first?.publicKey == key.publicKey)

    for (name, iterations, failInfo) in [("S-7", 1000, "1"), ("S-6", 1_000_000, "0")] {
      let client = try TestSCEPClient(key: key, serial: name)
      let under = Recipient.password(Array(EnrollmentSecret().text.utf8), iterations: min(iterations, 20_000))
      let answer = try await scene.send(try client.message(19, content: try request(key, name), to: [under]))
      #expect(try client.read(answer.body, from: scene.authority.certificate).failInfo == failInfo)
    }
  }

  /// RFC 8894 §2.2, §3.3.3: PENDING until an operator decides; the transaction and the key are the same throughout.
  @Test func pending() async throws {
    let wait = Refusal(.pendingApproval, "an operator has to approve")
    let certificate = try SmallAuthority().issue("S-8", key: SCEPScene.rsa.publicKey)
    let issued = Issued(certificate: certificate.encoded, chain: [], serial: certificate.serial, repeated: false)
    let enrolling = TurnEnrolling([.failure(wait), .failure(wait), .success(issued)])
    let scene = try await SCEPScene(enrolling: enrolling)
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-8")
    let poll = DERWriter.build {
      $0.sequence {
        $0.raw(scene.authority.certificate.issuer.encoded)
        $0.raw(client.certificate.subject.encoded)
      }
    }
    #expect(try await scene.ask(client, 20, poll).failInfo == "4")
    #expect(try await scene.ask(client, 19, try request(SCEPScene.rsa, "S-8", "challenge")).status == "3")
    // Nobody else polls it.
    let other = try TestSCEPClient(key: try SoftwareKey.generate(.p256), serial: "S-8")
    #expect(try await scene.ask(other, 20, poll).failInfo == "4")
    #expect(try await scene.ask(client, 20, poll).status == "3")
    #expect(try await scene.ask(client, 20, poll).certificates == [certificate])
    // An answer that was lost.
    #expect(try await scene.ask(client, 20, poll).certificates == [certificate])
    #expect(enrolling.asked.allSatisfy { $0.request.publicKey == SCEPScene.rsa.publicKey })
  }

  /// RFC 8894 §3.3.4, §3.3.5.
  @Test func certificatesAndLists() async throws {
    let scene = try await SCEPScene()
    let own = try await scene.enroll("S-9")
    func asking(_ certificate: Certificate) -> [UInt8] {
      DERWriter.build {
        $0.sequence {
          $0.raw(certificate.issuer.encoded)
          $0.unsignedInteger(certificate.serial.bytes)
        }
      }
    }
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-9")
    #expect(try await scene.ask(client, 21, asking(own)).certificates == [own])
    let stranger = try TestSCEPClient(key: try SoftwareKey.generate(.p256), serial: "S-9")
    #expect(try await scene.ask(stranger, 21, asking(own)).failInfo == "4")
    #expect(try await scene.ask(client, 22, asking(client.certificate)).failInfo == "4")
    let list = try await scene.ask(stranger, 22, asking(own))
    #expect(list.status == "0" || list.failInfo == "4")
  }

  /// Whatever is wrong inside the envelope looks the same from outside.
  @Test func damageLooksTheSame() async throws {
    let scene = try await SCEPScene()
    let secret = try await scene.register("S-10")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-10")
    let sealed = try EnvelopedData.encode(
      content: try request(SCEPScene.rsa, "S-10", secret), to: [try scene.recipient], algorithm: .aes128CBC)
    var texts: Set<String> = []
    // The encrypted key is near the front, the encrypted request fills the end; between them stand the algorithms.
    let places = Array(stride(from: 200, to: 380, by: 40)) + stride(from: sealed.count - 600, to: sealed.count, by: 75)
    for index in places {
      var damaged = sealed
      damaged[index] ^= 1
      let answer = try await scene.send(try client.message(19, envelope: damaged))
      let reply = try client.read(answer.body, from: scene.authority.certificate)
      #expect(reply.status == "2")
      texts.insert("\(reply.failInfo ?? "") \(reply.failText ?? "")")
    }
    #expect(texts == ["1 the message cannot be opened to a certification request"])
    // Its request, and the secret in it, under another's signature.
    let thief = try TestSCEPClient(key: try SoftwareKey.generate(.p256), serial: "S-10")
    let stolen = try await scene.send(try thief.message(19, envelope: sealed))
    #expect(try thief.read(stolen.body, from: scene.authority.certificate).failInfo == "1")
    // And under a certificate that the thief's own authority made: its secret counts for nothing there.
    let made = try SmallAuthority(.rsa2048, at: scene.installation.clock.now())
      .issue("S-10", key: thief.key.publicKey, at: scene.installation.clock.now())
    let second = try TestSCEPClient(key: thief.key, serial: "S-10", certificate: made)
    let taken = try await scene.send(try second.message(19, envelope: sealed))
    #expect(try second.read(taken.body, from: scene.authority.certificate).failInfo == "2")
    #expect(taken.refusal?.code == .unauthenticated)
    #expect(try await scene.issued(to: SCEPScene.rsa) == 0)
    // The device's secret is as good as before.
    let own = try await scene.send(try client.message(19, envelope: sealed))
    #expect(try client.read(own.body, from: scene.authority.certificate).status == "0")
  }

  @Test func signatures() async throws {
    let scene = try await SCEPScene()
    let secret = try await scene.register("S-11")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-11")
    var message = try client.message(
      19, content: try request(SCEPScene.rsa, "S-11", secret), to: [try scene.recipient])
    message[message.count - 1] ^= 1
    let answer = try await scene.send(message)
    #expect(try client.read(answer.body, from: scene.authority.certificate).failInfo == "1")
    // RFC 8894 §3.5.2: SHA-1 is none of ours; the answer says so in its own words.
    let digest = DERWriter.build { $0.objectIdentifier(DigestAlgorithm.sha256.identifier) }
    message[message.count - 1] ^= 1
    let places = message.indices.filter { message[$0...].starts(with: digest) }
    for place in places { message[place + digest.count - 1] = 4 }
    let weak = try await scene.send(message)
    #expect(try client.read(weak.body, from: scene.authority.certificate).failInfo == "0")
    await #expect(throws: Refusal.self) { try await scene.send([1, 2, 3]) }
  }

  @Test func capabilitiesAndCertificates() async throws {
    let scene = try await SCEPScene()
    let words = String(decoding: try await scene.service.capabilities(scene.profile).body, as: UTF8.self)
    #expect(words == "AES\nPOSTPKIOperation\nRenewal\nSHA-256\nSHA-384\nSHA-512\nSCEPStandard\nGetNextCACert\n")
    let chain = try await scene.service.authorityCertificates(scene.profile)
    #expect(chain.contentType == "application/x-x509-ca-ra-cert")
    let certificates = try CertificatesOnly.decode(chain.body)
    #expect(certificates.first == scene.authority.certificate.encoded)
    #expect(certificates.count >= 3)
    let operational = try #require(ProfileName(rawValue: "operational"))
    for name in [operational, try #require(ProfileName(rawValue: "none-such"))] {
      let refusal = await #expect(throws: Refusal.self) { try await scene.service.capabilities(name) }
      #expect(refusal?.code == .notFound)
      #expect(refusal?.reason == "there is no such profile over SCEP")
    }
  }

  /// The key stays, its certificate is renewed in time, and another process takes both up.
  @Test func registrationAuthorityRenewsItself() async throws {
    let scene = try await SCEPScene()
    let first = scene.authority.certificate
    let elsewhere = SCEPScene.authorities(scene.installation)
    #expect(try await elsewhere.registrationAuthority(of: scene.profile).certificate == first)
    scene.installation.clock.advance(by: .days(61))
    let renewed = try await scene.authorities.registrationAuthority(of: scene.profile)
    #expect(renewed.certificate.publicKey == first.publicKey)
    #expect(renewed.certificate.notAfter > first.notAfter)
    #expect(renewed.certificates == [first, renewed.certificate])
    // A client that still encrypts to the earlier one is understood.
    let secret = try await scene.register("S-12")
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "S-12")
    let answer = try await scene.send(
      try client.message(
        19, content: try request(SCEPScene.rsa, "S-12", secret), to: [try #require(Recipient(first))]))
    #expect(try client.read(answer.body, from: renewed.certificate).status == "0")
  }
}

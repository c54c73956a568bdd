import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing
import WireFormats

/// RFC 9483 §4.1.6: keys that are made for devices that ask for one, and reach nobody else.
@Suite struct CMPKeyGenerationTests {
  private static let allowed = "server-key-generation: allowed"
  private static let keyPackage = ObjectIdentifier([2, 16, 840, 1, 101, 2, 1, 2, 78, 5])

  private static func algorithm(_ identifiers: [ObjectIdentifier], null: Bool = false) -> [UInt8] {
    DERWriter.build {
      $0.sequence {
        for identifier in identifiers { $0.objectIdentifier(identifier) }
        if null { $0.null() }
      }
    }
  }

  private static let ecPublicKey = ObjectIdentifier([1, 2, 840, 10045, 2, 1])
  private static let kinds: [(algorithm: [UInt8]?, made: KeyAlgorithm)] = [
    (nil, .p256),
    (algorithm([ecPublicKey, ObjectIdentifier([1, 2, 840, 10045, 3, 1, 7])]), .p256),
    (algorithm([ecPublicKey, ObjectIdentifier([1, 3, 132, 0, 34])]), .p384),
    (algorithm([ObjectIdentifier([1, 3, 101, 112])]), .ed25519),
    (algorithm([ObjectIdentifier([1, 2, 840, 113549, 1, 1, 1])], null: true), .rsa2048),
  ]

  /// What asks for a key that can do what the profile says of it: one of RSA, or whatever is made by default.
  private static func kind(_ algorithm: KeyAlgorithm) -> [UInt8]? {
    kinds.first { $0.made == algorithm && algorithm == .rsa2048 }?.algorithm
  }

  /// RFC 9483 §4.1.6: one key, in version 2 with its public key; also as PKCS#8 of version 1, which older readers want.
  private static func oneAsymmetricKey(_ package: [UInt8]) throws -> (pkcs8: [UInt8], publicKey: [UInt8]) {
    var outer = DERReader(package)
    var list = try outer.readSequence()
    var fields = try list.readSequence()
    try list.finish()
    #expect(try fields.readSmallInteger() == 1)
    let (algorithm, octets) = (try fields.read(DERTag.sequence), try fields.read(DERTag.octetString))
    let publicKey = try fields.read(DERTag.context(1)).content.dropFirst()
    try fields.finish()
    let pkcs8 = DERWriter.build {
      $0.sequence {
        $0.integer(0)
        $0.raw(algorithm.encoded)
        $0.raw(octets.encoded)
      }
    }
    return (pkcs8, Array(publicKey))
  }

  /// What the device finds in the envelope, checked down to the key that the certificate is about.
  private func key(
    _ opened: [UInt8], for certificate: [UInt8], in world: CMPWorld
  ) throws -> SoftwareKey {
    let signed = try SignedData(body: opened[...])
    #expect(signed.contentType == Self.keyPackage)
    let signer = try #require(signed.signers.first)
    let authority = try #require(signed.certificate(of: signer))
    guard case .subjectKeyIdentifier = signer.identifier else { throw CMPReply.Unreadable() }
    // id-kp-cmKGA.
    #expect(authority.extendedKeyUsages == [ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 32])])
    try signed.verify(signer, key: try #require(authority.publicKey))
    let root = try Certificate(parsing: try #require(world.installation.authorities.root?.certificate))
    _ = try CertificationPath.verify(
      leaf: authority, intermediates: signed.certificates.compactMap { try? Certificate(parsing: $0) },
      anchors: [root], at: world.now)
    let one = try Self.oneAsymmetricKey(try #require(signed.content))
    let key = try SoftwareKey(pkcs8: one.pkcs8)
    #expect(one.publicKey == Array(key.publicKey.keyOctets))
    #expect(try Certificate(parsing: certificate).publicKey == key.publicKey)
    return key
  }

  @Test(arguments: kinds.indices)
  func underASecret(_ index: Int) async throws {
    let (algorithm, made) = Self.kinds[index]
    let world = try await CMPWorld(lines: Self.allowed)
    let secret = try await world.register("PUMP-1")
    let client = world.client("PUMP-1", secret)
    let subject = try TestDevice("PUMP-1").subject
    let reply = try await world.send(
      client.message(0, CMPClient.keylessRequests(subject: subject, algorithm: algorithm)))
    #expect(reply.kind == 1 && reply.status == 0, "\(reply.text ?? "")")
    // RFC 9810 §7: an EnvelopedData is said in version 3.
    #expect(reply.version == 3)
    #expect(try reply.isProtected(by: secret))
    let certificate = try #require(reply.certificate)
    let envelope = try EnvelopedData(body: try #require(reply.privateKey)[...])
    let key = try key(envelope.open(password: Array(secret.utf8)), for: certificate, in: world)
    #expect(key.publicKey.algorithm == made)
    #expect(throws: CMSError.cannotOpen) { try envelope.open(password: Array("another".utf8)) }
    let confirmed = try await world.send(client.next(after: reply).message(24, CMPClient.confirmation(certificate)))
    #expect(confirmed.kind == 19)
  }

  /// To the key that signed the request: key agreement on a curve, key transport with RSA.
  @Test(arguments: [(KeyAlgorithm.p256, "keyAgreement"), (.p384, "keyAgreement"), (.rsa2048, "keyEncipherment")])
  func underASignature(_ algorithm: KeyAlgorithm, _ usage: String) async throws {
    let world = try await CMPWorld(lines: Self.allowed, usage: "digitalSignature, \(usage)")
    let (device, own) = try await world.enroll("PUMP-1", algorithm)
    var client = try world.client(device, own)
    client.implicitConfirm = true
    let reply = try await world.send(
      client.message(7, CMPClient.keylessRequests(subject: device.subject, algorithm: Self.kind(algorithm))))
    #expect(reply.kind == 8 && reply.status == 0, "\(reply.text ?? "")")
    let envelope = try EnvelopedData(body: try #require(reply.privateKey)[...])
    let opening = try #require(OpeningKey(device.key))
    let opened = try envelope.open(opening, of: [Certificate(parsing: own)])
    _ = try key(opened, for: try #require(reply.certificate), in: world)
    #expect(throws: CMSError.notARecipient) { try envelope.open(password: [1]) }
  }

  /// Nothing is encrypted to a key whose certificate says that it signs alone, and no key is made for it.
  @Test func aKeyThatOnlySignsGetsNone() async throws {
    let world = try await CMPWorld(lines: Self.allowed)
    for algorithm in [KeyAlgorithm.p256, .ed25519] {
      let (device, own) = try await world.enroll("PUMP-\(algorithm.rawValue)", algorithm)
      let reply = try await world.send(
        world.client(device, own).message(7, CMPClient.keylessRequests(subject: device.subject)))
      #expect(reply.kind == 8 && reply.failInfo == [19] && reply.text?.contains("keyUsage") == true)
    }
    #expect(try await world.installed("installation-key-generation") == 0)
  }

  @Test func offUnlessTheProfileAllowsIt() async throws {
    let world = try await CMPWorld()
    let secret = try await world.register("PUMP-1")
    let subject = try TestDevice("PUMP-1").subject
    let reply = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.keylessRequests(subject: subject)))
    #expect(reply.kind == 1 && reply.status == 2 && reply.failInfo == [19])
    #expect(reply.text?.contains("server-key-generation") == true)
    // Nothing was made for nothing, and the secret is not used up.
    #expect(try await world.installed("installation-key-generation") == 0)
    let device = try TestDevice("PUMP-1")
    let own = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.requests(device.key, subject: subject)))
    #expect(own.certificate != nil)
  }

  @Test func noKeyIsMadeForAStranger() async throws {
    let (world, stranger) = (
      try await CMPWorld(lines: Self.allowed, usage: "digitalSignature, keyAgreement"),
      try await CMPWorld(usage: "digitalSignature, keyAgreement")
    )
    let (device, own) = try await stranger.enroll("PUMP-1")
    let reply = try await world.send(
      world.client(device, own).message(0, CMPClient.keylessRequests(subject: device.subject)))
    #expect(reply.kind == 1 && reply.failInfo == [20])
    let wrong = try await world.send(
      world.client("PUMP-1", "wrong").message(0, CMPClient.keylessRequests(subject: device.subject)))
    #expect(wrong.failInfo == [1])
    #expect(try await world.installed("installation-key-generation") == 0)
  }

  @Test func whatIsNoRequestForAKey() async throws {
    let world = try await CMPWorld(lines: Self.allowed)
    let secret = try await world.register("PUMP-1")
    let subject = try TestDevice("PUMP-1").subject
    let proved = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.keylessRequests(subject: subject, hasProof: true)))
    #expect(proved.failInfo == [9])
    let unknown = Self.algorithm([ObjectIdentifier([1, 3, 101, 110])])
    let other = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.keylessRequests(subject: subject, algorithm: unknown)))
    #expect(other.failInfo == [0, 19])
  }

  /// Decision 0037: the key is in the answer and nowhere else, so that the answer is given once.
  @Test func theKeyIsKeptNowhere() async throws {
    let world = try await CMPWorld(lines: Self.allowed)
    let secret = try await world.register("PUMP-1")
    let client = world.client("PUMP-1", secret)
    let subject = try TestDevice("PUMP-1").subject
    let message = try client.message(0, CMPClient.keylessRequests(subject: subject))
    let reply = try await world.send(message)
    let envelope = try #require(reply.privateKey)
    let kept = try #require(try await world.transactions.transaction(Hex.encode(client.transactionID)))
    #expect(kept.firstRange(of: envelope.suffix(200)) == nil)
    let again = try await world.send(message)
    #expect(again.kind == 23 && again.failInfo == [21] && again.privateKey == nil && again.certificate == nil)
    let anew = try await world.send(
      world.client("PUMP-1", secret).message(0, CMPClient.keylessRequests(subject: subject)))
    #expect(anew.status == 2 && anew.failInfo == [23])
    #expect(try await world.installed("operational") == 1)
    let confirmed = try await world.send(
      client.next(after: reply).message(24, CMPClient.confirmation(try #require(reply.certificate))))
    #expect(confirmed.kind == 19)
  }

  /// The key is made when the operator has approved, and comes with the answer to the poll.
  @Test func itWaitsForAnOperator() async throws {
    let world = try await CMPWorld(lines: Self.allowed + "\napproval: required")
    let secret = try await world.register("PUMP-1")
    let client = world.client("PUMP-1", secret)
    let subject = try TestDevice("PUMP-1").subject
    let waiting = try await world.send(client.message(0, CMPClient.keylessRequests(subject: subject)))
    #expect(waiting.kind == 1 && waiting.status == 3 && waiting.privateKey == nil)
    let still = try await world.send(client.next(after: waiting).message(25, CMPClient.pollRequest()))
    #expect(still.kind == 26)
    try await world.approveAll()
    let poll = try client.next(after: still).message(25, CMPClient.pollRequest())
    let given = try await world.send(poll)
    let envelope = try EnvelopedData(body: try #require(given.privateKey)[...])
    _ = try key(envelope.open(password: Array(secret.utf8)), for: try #require(given.certificate), in: world)
    let repeated = try await world.send(poll)
    #expect(repeated.kind == 23 && repeated.privateKey == nil)
    #expect(try await world.installed("operational") == 1)
  }

  private func openssl(_ bench: Workbench, _ arguments: String...) throws {
    let outcome = try bench.run(["openssl"] + arguments)
    try #require(outcome.status == 0, "\(outcome.text)")
  }

  /// openssl reads the envelope and what was signed in it, by its own code.
  @Test(arguments: [(KeyAlgorithm.p256, "keyAgreement"), (.rsa2048, "keyEncipherment")])
  func openSSLOpensIt(_ algorithm: KeyAlgorithm, _ usage: String) async throws {
    let world = try await CMPWorld(lines: Self.allowed, usage: "digitalSignature, \(usage)")
    let (device, own) = try await world.enroll("PUMP-1", algorithm)
    let reply = try await world.send(
      world.client(device, own).message(
        7, CMPClient.keylessRequests(subject: device.subject, algorithm: Self.kind(algorithm))))
    let bench = try Workbench()
    let envelope = ContentInfo.encode(CMSContentType.envelopedData, content: try #require(reply.privateKey))
    try bench.write(envelope, to: "envelope.der")
    try bench.writePEM("CERTIFICATE", own, to: "own.pem")
    try bench.write(Array((device.key.pkcs8PEM ?? "").utf8), to: "own.key")
    try openssl(
      bench, "cms", "-decrypt", "-inform", "DER", "-in", "envelope.der", "-recip", "own.pem", "-inkey", "own.key",
      "-out",
      "signed")
    let signed = ContentInfo.encode(CMSContentType.signedData, content: try bench.read("signed"))
    try bench.write(signed, to: "signed.der")
    try bench.writePEM(
      "CERTIFICATE", try #require(world.installation.authorities.root?.certificate), to: "root.pem")
    try openssl(
      bench, "cms", "-verify", "-inform", "DER", "-in", "signed.der", "-CAfile", "root.pem", "-purpose", "any",
      "-attime",
      "\(world.now.seconds)", "-out", "package")
    try bench.write(Self.oneAsymmetricKey(bench.read("package")).pkcs8, to: "key.der")
    try openssl(bench, "pkey", "-inform", "DER", "-in", "key.der", "-pubout", "-outform", "DER", "-out", "public.der")
    #expect(try bench.read("public.der") == Certificate(parsing: try #require(reply.certificate)).publicKey?.encoded)
  }
}

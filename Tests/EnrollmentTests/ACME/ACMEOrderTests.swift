import Credentials
import Crypto
import Enrollment
import Issuance
import KeyCustody
import Registry
import TestKit
import Testing
import WireFormats

/// RFC 8555 §7.4 to §8: from an order to its certificate.
@Suite struct ACMEOrderTests {
  @Test func theWholeWay() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let answer = try await client.order([("dns", "B.example"), ("dns", "a.example"), ("dns", "a.example")])
    #expect(answer.status == 201 && answer.json["status"] == "pending")
    #expect(answer.json["identifiers"]?.elements?.map { $0["value"] } == ["a.example", "b.example"])
    guard case .order(let id) = try client.resource(answer.location) else { return }
    // RFC 8555 §7.4: not before every name was shown.
    let early = try await client.post(
      .finalize(id), ["csr": .string(try await ACMEClient.request([], key: .generate(.p256)))])
    #expect(early.status == 403 && early.error == "orderNotReady")

    let ready = try await scene.ready(client, ["a.example", "b.example"])
    #expect(try await client.post(.order(ready)).json["status"] == "ready")
    let key = try SoftwareKey.generate(.p256)
    let csr = try await ACMEClient.request([.dnsName("a.example"), .dnsName("b.example")], key: key)
    // Another process takes the next message.
    var other = client
    other.service = scene.service()
    let final = try await other.post(.finalize(ready), ["csr": .string(csr)])
    #expect(final.status == 200 && final.json["status"] == "valid")
    // The same request again is answered with the same order, and another one is not taken.
    #expect(try await client.post(.finalize(ready), ["csr": .string(csr)]).json["status"] == "valid")
    let another = try await ACMEClient.request([.dnsName("a.example"), .dnsName("b.example")], key: .generate(.p256))
    #expect(try await client.post(.finalize(ready), ["csr": .string(another)]).error == "orderNotReady")

    let pem = try await client.post(.certificate(ready))
    let parts = try #require(PEM.parse(String(decoding: pem.body, as: UTF8.self)))
    #expect(parts.count == 2)
    let certificate = try Certificate(parsing: parts[0].bytes)
    #expect(certificate.subjectAlternativeNames == [.dnsName("a.example"), .dnsName("b.example")])
    #expect(certificate.publicKey == key.publicKey)
    let organization = scene.installation.organization
    let issued = try await scene.installation.store.read {
      try $0.certificates(keyHash: key.publicKey.keyHash, in: organization)
    }
    #expect(issued.count == 1)
    #expect(issued.first?.door == "acme" && issued.first?.principal == "acme:\(ready)")

    // Nobody else sees any of it.
    let stranger = try await ACMEClient(service: scene.service()).registered()
    for resource in [ACMEResource.order(ready), .certificate(ready)] {
      #expect(try await stranger.post(resource).error == "unauthorized")
    }
    guard case .account(let account) = try client.resource(client.account) else { return }
    #expect(try await client.post(.orders(account, after: nil)).json["orders"]?.elements?.count == 2)
    #expect(try await stranger.post(.orders(account, after: nil)).error == "unauthorized")
  }

  @Test(arguments: [
    ([("dns", "*.1.2.3.4")], "malformed"), ([("dns", "a..b")], "malformed"), ([("dns", "-a.b")], "malformed"),
    ([("dns", "a.example.")], "malformed"), ([("dns", "10.0.0.1")], "malformed"),
    ([("dns", "a_b.example")], "malformed"),
    ([("ip", "010.0.0.1")], "malformed"), ([("ip", "2001:DB8::1")], "malformed"), ([("ip", "a.example")], "malformed"),
    ([("hardware-module", "ABCD")], "malformed"), ([("permanent-identifier", "A/B/1.2")], "malformed"),
    ([("permanent-identifier", "A/1.2.x")], "malformed"), ([("permanent-identifier", "-")], "rejectedIdentifier"),
    ([("ip", "::ffff:127.0.0.1")], "rejectedIdentifier"), ([("ip", "::ffff:7f00:1")], "rejectedIdentifier"),
    ([("ip", "0:0:0:0:0:FFFF:7F00:1")], "rejectedIdentifier"),
    ([("email", "a@example.com")], "unsupportedIdentifier"), ([], "malformed"),
  ])
  func identifiersOfOneSpelling(names: [(String, String)], error: String) async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    #expect(try await client.order(names).error == error)
  }

  @Test func severalFaultsAreSaidOfEach() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let answer = try await client.order([("dns", "a..b"), ("dns", "good.example"), ("email", "x")])
    #expect(answer.error == "malformed")
    #expect(answer.json["subproblems"]?.elements?.count == 2)
    #expect(answer.json["subproblems"]?.elements?.first?["identifier"]?["value"] == "a..b")
  }

  /// RFC 8555 §7.4: exactly the order's names; §11.1: never the account's key.
  @Test func requestsThatNameSomethingElse() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = try await scene.ready(client, ["a.example", "b.example"])
    let key = try SoftwareKey.generate(.p256)
    let (a, b) = (GeneralName.dnsName("a.example"), GeneralName.dnsName("b.example"))
    let named = DistinguishedName([.init(type: AttributeType.commonName, value: "c.example")])
    for (names, subject) in [
      ([a], DistinguishedName([])), ([a, b, .dnsName("c.example")], DistinguishedName([])), ([a, b], named),
      ([a, b, .uri("https://c.example/")], DistinguishedName([])),
      ([a, b, .ipAddress([10, 0, 0, 1])], DistinguishedName([])),
    ] {
      let csr = try await ACMEClient.request(names, key: key, subject: subject)
      #expect(try await client.post(.finalize(order), ["csr": .string(csr)]).error == "badCSR")
    }
    #expect(try await client.post(.finalize(order), ["csr": "AAAA"]).error == "badCSR")
    // A key that the profile does not take is its refusal, and the order lives on.
    let csr = try await ACMEClient.request([a, b], key: key)
    #expect(try await client.post(.finalize(order), ["csr": .string(csr)]).json["status"] == "valid")
  }

  /// RFC 8555 §7.4 lets a request have its name in the common name alone; verifiers look at the alternative names.
  @Test func aCommonNameAloneBecomesAnAlternativeName() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = try await scene.ready(client, ["a.example", "b.example"])
    let key = try SoftwareKey.generate(.p256)
    let named = DistinguishedName([.init(type: AttributeType.commonName, value: "A.example")])
    let csr = try await ACMEClient.request([.dnsName("b.example")], key: key, subject: named)
    #expect(try await client.post(.finalize(order), ["csr": .string(csr)]).json["status"] == "valid")
    let pem = try #require(PEM.parse(try await client.post(.certificate(order)).text)?.first)
    let names = try Certificate(parsing: pem.bytes).subjectAlternativeNames
    #expect(Set(names) == [.dnsName("a.example"), .dnsName("b.example")])
  }

  @Test func aNameOfTheServerIsRefusedAtTheEnd() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = try await scene.ready(client, ["localhost"])
    let csr = try await ACMEClient.request([.dnsName("localhost")], key: .generate(.p256))
    let answer = try await client.post(.finalize(order), ["csr": .string(csr)])
    #expect(answer.error == "rejectedIdentifier")
    #expect(try await client.post(.order(order)).json["status"] == "ready")
  }

  @Test func challengesOfEveryKind() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    func authorization(_ type: String, _ value: String) async throws -> (ACMEObjectID, JSONValue) {
      let order = try await client.order([(type, value)])
      guard case .authorization(let id) = try client.resource(order.json["authorizations"]?.elements?.first?.text)
      else {
        throw ACMEScene.Problem()
      }
      return (id, try await client.post(.authorization(id)).json)
    }
    func digest(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array("\(token).\(client.thumbprint)".utf8))) }
    func types(_ shown: JSONValue) -> [String] { shown["challenges"]?.elements?.compactMap { $0["type"]?.text } ?? [] }

    // RFC 8555 §7.1.4, §8.4: a wildcard is shown by DNS alone.
    let (wild, shownWild) = try await authorization("dns", "*.w.example")
    #expect(types(shownWild) == ["dns-01"] && shownWild["wildcard"] == true)
    #expect(shownWild["identifier"]?["value"] == "w.example")
    let token = try #require(shownWild["challenges"]?.elements?.first?["token"]?.text)
    scene.hosts.shown.withLock { $0.texts["_acme-challenge.w.example"] = ["other", Base64.encodeURL(digest(token))] }
    #expect(try await client.post(.challenge(wild, .http), .object([])).status == 404)
    let begun = try await client.post(.challenge(wild, .dns), .object([]))
    #expect(begun.json["status"] == "processing")
    #expect(begun.links.contains { $0.relation == "up" })
    try await scene.validate()
    #expect(try await client.post(.authorization(wild)).json["status"] == "valid")

    // RFC 8737, RFC 8738 §6: the certificate for an address is asked for by its reverse name.
    let (address, shownAddress) = try await authorization("ip", "192.0.2.7")
    #expect(types(shownAddress) == ["http-01", "tls-alpn-01"])
    let proof = DERWriter.build {
      $0.octetString(digest(shownAddress["challenges"]?.elements?.first?["token"]?.text ?? ""))
    }
    let shown = try SmallAuthority(at: scene.installation.clock.now()).issue(
      "x", names: [.ipAddress([192, 0, 2, 7])],
      extensions: [
        CertificateExtension(identifier: ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 1, 31]), critical: true, value: proof)
      ], at: scene.installation.clock.now())
    scene.hosts.shown.withLock { $0.certificates["7.2.0.192.in-addr.arpa"] = shown.encoded }
    _ = try await client.post(.challenge(address, .tlsALPN), .object([]))
    try await scene.validate()
    #expect(try await client.post(.authorization(address)).json["status"] == "valid")

    // The same certificate shows nothing about another order's token.
    let (second, _) = try await authorization("ip", "192.0.2.7")
    _ = try await client.post(.challenge(second, .tlsALPN), .object([]))
    try await scene.validate()
    let failed = try await client.post(.authorization(second)).json
    #expect(failed["status"] == "invalid")
    #expect(failed["challenges"]?.elements?.first?["error"]?["type"] == "urn:ietf:params:acme:error:incorrectResponse")
  }

  @Test func aHostThatIsNotReadyIsAskedAgainAndThenGivenUp() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    scene.hosts.shown.withLock { $0.failures = 2 }
    let order = try await scene.ready(client, ["late.example"])
    #expect(try await client.post(.order(order)).json["status"] == "pending")
    for _ in 0..<2 {
      scene.installation.clock.advance(by: .seconds(10))
      try await scene.validate()
    }
    #expect(try await client.post(.order(order)).json["status"] == "ready")
    scene.hosts.shown.withLock { $0.failures = 99 }
    let lost = try await scene.ready(client, ["lost.example"])
    for _ in 0..<3 {
      scene.installation.clock.advance(by: .seconds(10))
      try await scene.validate()
    }
    let end = try await client.post(.order(lost)).json
    #expect(end["status"] == "invalid")
    #expect(end["error"]?["type"] == "urn:ietf:params:acme:error:connection")
    #expect(scene.hosts.shown.withLock { $0.looks } == 6)
  }

  /// A crash after a validation was taken, and before it was done, leaves it due again.
  @Test func validationsOutliveACrash() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let answer = try await client.order([("dns", "a.example")])
    guard case .authorization(let id) = try client.resource(answer.json["authorizations"]?.elements?.first?.text) else {
      return
    }
    _ = try await client.post(.challenge(id, .http), .object([]))
    #expect(try await scene.queue.take(upTo: 9).count == 1)
    #expect(try await scene.queue.take(upTo: 9).isEmpty)
    scene.installation.clock.advance(by: .seconds(31))
    #expect(try await scene.queue.take(upTo: 9).count == 1)
  }

  @Test func authorizationsAreGivenBack() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = try await scene.ready(client, ["a.example"])
    let url = try await client.post(.order(order)).json["authorizations"]?.elements?.first?.text
    guard case .authorization(let id) = try client.resource(url) else { return }
    #expect(try await client.post(.authorization(id), ["status": "deactivated"]).json["status"] == "deactivated")
    #expect(try await client.post(.order(order)).json["status"] == "invalid")
    // Authorizations are never used for another order.
    let next = try await client.order([("dns", "a.example")])
    #expect(next.json["status"] == "pending")
  }

  @Test func ordersEnd() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let order = try await scene.ready(client, ["a.example"])
    scene.installation.clock.advance(by: .hours(25))
    #expect(try await client.post(.order(order)).json["status"] == "invalid")
    scene.installation.clock.advance(by: .hours(24))
    #expect(try await scene.queue.sweep() >= 2)
    #expect(try await client.post(.order(order)).status == 404)
  }

  /// What a crash between issuing and writing it down leaves is completed by the next fetch, with the same certificate.
  @Test func aLostAnswerBringsTheSameCertificate() async throws {
    let scene = try await ACMEScene()
    let forgetful = Forgetful(enrolling: scene.installation.enrollment)
    var client = try await ACMEClient(service: scene.service(enrolling: forgetful)).registered()
    let order = try await scene.ready(client, ["a.example"])
    let key = try SoftwareKey.generate(.p256)
    let csr = try await ACMEClient.request([.dnsName("a.example")], key: key)
    let final = try await client.post(.finalize(order), ["csr": .string(csr)])
    #expect(final.json["status"] == "processing" && final.retryAfter != nil)
    client.service = scene.service()
    #expect(try await client.post(.order(order)).json["status"] == "valid")
    let organization = scene.installation.organization
    let issued = try await scene.installation.store.read {
      try $0.certificates(keyHash: key.publicKey.keyHash, in: organization)
    }
    #expect(issued.count == 1)
  }

  @Test func revocation() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    let certificate = try await scene.certificate(client, ["a.example"])
    let named: JSONValue = ["certificate": .string(Base64.encodeURL(certificate.encoded))]
    let stranger = try await ACMEClient(service: scene.service()).registered()
    #expect(try await stranger.post(.revokeCert, named).error == "unauthorized")
    #expect(try await stranger.post(.revokeCert, named, byKey: true).error == "unauthorized")
    let held: JSONValue = ["certificate": .string(Base64.encodeURL(certificate.encoded)), "reason": 6]
    #expect(try await client.post(.revokeCert, held).error == "badRevocationReason")
    #expect(try await client.post(.revokeCert, named).status == 200)
    #expect(scene.revoked.withLock { $0 } == [certificate.serial])
    // By an account that shows control of all its names.
    _ = try await scene.certificate(stranger, ["a.example"])
    #expect(try await stranger.post(.revokeCert, named).status == 200)
  }

  /// A gateway's pattern: many orders at once on one account, none of them failed.
  @Test func manyAtOnce() async throws {
    let scene = try await ACMEScene()
    let client = try await ACMEClient(service: scene.service()).registered()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask { _ = try await scene.certificate(client, ["device-\(number).example"]) }
      }
      try await group.waitForAll()
    }
    let organization = scene.installation.organization
    let waiting = try await scene.installation.store.read { try $0.countACMEValidations(in: organization) }
    #expect(waiting == 0)
  }
}

/// Issues, and loses the answer.
private struct Forgetful: Enrolling {
  let enrolling: any Enrolling

  func enroll(_ request: EnrollmentRequest) async throws(Refusal) -> Issued {
    _ = try await enrolling.enroll(request)
    throw Refusal(.unavailable, "the answer was lost")
  }

  func authorityChains(label: ProfileName?) async throws(Refusal) -> [[UInt8]] {
    try await enrolling.authorityChains(label: label)
  }
}

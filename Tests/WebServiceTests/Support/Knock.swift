import AsyncHTTPClient
import Credentials
import Crypto
import Enrollment
import Foundation
import Issuance
import KeyCustody
import NIOCore
import NIOHTTP1
import Registry
import TestKit
import Testing
import WireFormats

/// A way to ask for a certificate, with a device's one-time secret, as that door's clients do.
struct Knock: Sendable, CustomTestStringConvertible {
  let door: String
  let ask: @Sendable (RESTScene, Question) async throws -> Outcome
  var testDescription: String { door }

  /// What is asked, in no door's terms.
  struct Question: Sendable {
    let device: TestDevice
    /// What the secret is called: the device's serial, or a grant's name.
    let name: String
    let secret: String
    var subject: DistinguishedName?
    var extensions: [CertificateExtension] = []
    /// The account's, where a door has accounts.
    let account = ACMEClient.Key.p256(P256.Signing.PrivateKey())

    var serial: String { device.serial }
    var requestedSubject: DistinguishedName {
      subject ?? DistinguishedName([.init(type: AttributeType.commonName, value: serial)])
    }
    func request() async throws -> CertificationRequest {
      try await device.request(subject: subject, extensions: extensions)
    }
  }

  /// The certificate, and what the answer says if it is none.
  struct Outcome: Sendable {
    var isIssued: Bool { certificate != nil }
    /// DER.
    var certificate: [UInt8]?
    let says: String
    /// The answer's vocabulary: an HTTP status, a failInfo, an error's type.
    var word = ""
  }

  static let all = [est, rest, scep, cmp, acme]

  static let est = Knock(door: "est") { scene, question in
    let answer = try await scene.post(
      "/.well-known/est/simpleenroll", Array(Base64.encode(try await question.request().encoded).utf8),
      type: "application/pkcs10", RESTScene.basic(question.name, question.secret))
    let issued =
      answer.status == 200 ? try SignedData(parsing: #require(Base64.decode(answer.body))).certificates.first : nil
    return Outcome(certificate: issued, says: answer.text, word: "\(answer.status)")
  }

  static let rest = Knock(door: "rest") { scene, question in
    let pem = PEM(label: "CERTIFICATE REQUEST", bytes: try await question.request().encoded).text
    let body = #"{"csr":"\#(pem.replacingOccurrences(of: "\n", with: "\\n"))"}"#
    let answer = try await scene.post(
      "/api/v1/enroll", Array(body.utf8), type: "application/json", RESTScene.basic(question.name, question.secret))
    let issued = answer.status == 200 ? answer["certificate"].flatMap { PEM.parse($0)?.first?.bytes } : nil
    return Outcome(certificate: issued, says: answer.text, word: answer["code"] ?? "\(answer.status)")
  }

  static let scep = Knock(door: "scep") { scene, question in
    let listed = try await scene.get("/scep/doors?operation=GetCACert")
    guard listed.status == 200 else { return Outcome(says: listed.text, word: "\(listed.status)") }
    let signed = try SignedData(parsing: listed.body)
    let authority = try Certificate(parsing: try #require(signed.certificates.first))
    let key = question.device.key
    let client = try TestSCEPClient(key: key, serial: question.serial, transactionID: "T-\(question.serial)")
    let request = try CertificationRequest.encode(
      subject: question.requestedSubject, publicKey: key.publicKey, extensions: question.extensions,
      challengePassword: question.secret
    ) { message throws(SigningError) in try key.signature(over: message) }
    let message = try client.message(19, content: request, to: [try #require(Recipient(authority))])
    let answer = try await scene.post("/scep/doors?operation=PKIOperation", message, type: "application/x-pki-message")
    guard answer.status == 200 else { return Outcome(says: answer.text, word: "\(answer.status)") }
    // A client without RSA is answered under its challenge.
    let reply = try client.read(
      answer.body, from: authority, challenge: key.publicKey.algorithm.isRSA ? nil : question.secret)
    return Outcome(
      certificate: reply.status == "0" ? reply.certificates.first?.encoded : nil,
      says: reply.failText ?? "pkiStatus \(reply.status)",
      word: reply.failInfo ?? "pkiStatus \(reply.status)")
  }

  static let cmp = Knock(door: "cmp") { scene, question in
    var client = CMPClient(
      .passwordBasedMac(name: question.name, secret: question.secret, iterations: 500),
      at: scene.installation.clock.now())
    client.implicitConfirm = true
    let content = try CMPClient.requests(
      question.device.key, subject: question.requestedSubject, extensions: question.extensions)
    let answer = try await scene.post(
      "/.well-known/cmp/p/doors", try client.message(0, content), type: "application/pkixcmp")
    guard answer.status == 200 else { return Outcome(says: answer.text, word: "\(answer.status)") }
    let reply = try CMPReply(parsing: answer.body)
    return Outcome(
      certificate: reply.certificate, says: reply.text ?? "PKIStatus \(reply.status ?? -1)",
      word: "failInfo \(reply.failInfo.sorted())")
  }

  static let acme = Knock(door: "acme") { scene, question in
    let client = ACMEClient(
      service: ACMEOverHTTP(scene: scene), profile: "doors", key: question.account, origin: scene.url)
    let directory = try await client.get(.directory)
    guard directory.status == 200 else { return Outcome(directory) }
    return try await ACMEKnock(scene: scene, question: question, client: client).outcome()
  }
}

extension Knock.Outcome {
  fileprivate init(_ answer: ACMEAnswer) {
    self.init(says: answer.text, word: answer.error ?? "\(answer.status)")
  }
}

/// An order for a device by its maker's word, and for the names that the request has by http-01.
private struct ACMEKnock {
  let scene: RESTScene
  let question: Knock.Question
  var client: ACMEClient

  func outcome() async throws -> Knock.Outcome {
    let bound = try await client.registered(question.name, question.secret)
    let request = try await question.request()
    let hosts = request.subjectAlternativeNames.compactMap { name -> (String, String)? in
      guard case .dnsName(let host) = name else { return nil }
      return ("dns", host)
    }
    let order = try await bound.order([("permanent-identifier", question.serial)] + hosts)
    guard order.status == 201, case .order(let id) = try bound.resource(order.location) else {
      return Knock.Outcome(order)
    }
    for url in order.json["authorizations"]?.elements ?? [] {
      guard case .authorization(let authorization) = try bound.resource(url.text) else { continue }
      try await show(authorization, bound)
    }
    for validation in try await scene.doors.validations.take(upTo: 9) {
      try await scene.doors.validations.work(on: validation, reaching: scene.doors.hosts)
    }
    let csr = JSONValue.string(Base64.encodeURL(request.encoded))
    let final = try await bound.post(.finalize(id), ["csr": csr])
    var outcome = Knock.Outcome(final)
    guard final.json["status"] == "valid" else { return outcome }
    outcome.certificate = PEM.parse(try await bound.post(.certificate(id)).text)?.first?.bytes
    return outcome
  }

  private func show(_ id: ACMEObjectID, _ client: ACMEClient) async throws {
    let shown = try await client.post(.authorization(id)).json["challenges"]?.elements?.first
    let token = try #require(shown?["token"]?.text)
    let proof = "\(token).\(client.thumbprint)"
    guard shown?["type"] == "device-attest-01" else {
      scene.doors.hosts.show(token, proof)
      _ = try await client.post(.challenge(id, .http), .object([]))
      return
    }
    let key = question.device.key
    let maker = try await trustedMaker()
    let leaf = try maker.issue(
      "key", serialNumber: question.serial, key: key.publicKey, extensions: [.keyUsage(.digitalSignature)],
      at: scene.installation.clock.now())
    let answer = try await client.post(
      .challenge(id, .deviceAttest), try AttestationStatement.payload("packed", leaf, over: proof, by: key))
    #expect(answer.status == 200, "\(answer.text)")
  }

  private func trustedMaker() async throws -> SmallAuthority {
    let now = scene.installation.clock.now()
    let maker = try SmallAuthority(name: "Maker \(UUID().uuidString)", at: now)
    let organization = scene.installation.organization
    let anchor = TrustAnchorRecord(
      name: UUID().uuidString.lowercased(), certificate: maker.certificate.encoded,
      profiles: [try #require(ProfileName(rawValue: "doors"))], manufacturer: "", serialPrefix: nil, addedAt: now,
      addedBy: "test")
    try await scene.installation.store.write { try $0.insert(anchor, in: organization) }
    return maker
  }
}

/// The directory of a server that listens.
private struct ACMEOverHTTP: ACMEAnswering {
  let scene: RESTScene

  func answer(_ request: ACMERequest) async -> ACMEAnswer {
    do {
      let url = String((request.base + request.resource.path).dropFirst(scene.url.count))
      let answer =
        request.isPost
        ? try await scene.post(url, request.body, type: request.contentType ?? "") : try await scene.get(url)
      var read = ACMEAnswer(
        status: answer.status, contentType: answer.headers.first(name: "Content-Type"), body: answer.body)
      read.location = answer.headers.first(name: "Location")
      read.nonce = answer.headers.first(name: "Replay-Nonce")
      read.retryAfter = answer.headers.first(name: "Retry-After").flatMap { Int($0) }
      return read
    } catch {
      return ACMEAnswer(status: 599, contentType: nil, body: Array("\(error)".utf8))
    }
  }
}

extension RESTScene {
  /// Anything at the server's address, by nobody.
  func post(
    _ path: String, _ body: [UInt8], type: String, _ headers: (String, String)...
  ) async throws -> Answer {
    try await execute(.POST, path, [("Content-Type", type)] + headers, body)
  }

  func get(_ path: String) async throws -> Answer { try await execute(.GET, path, [], nil) }

  private func execute(
    _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: [UInt8]?
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url + path)
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    let response = try await #require(clients["nobody"]).execute(request, timeout: .seconds(60))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
  }
}

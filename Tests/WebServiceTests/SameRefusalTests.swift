import AsyncHTTPClient
import Credentials
import Foundation
import NIOCore
import TestKit
import Testing
import WireFormats

/// The same profile refuses the same request with the same rule at every door, in that door's own vocabulary.
///
/// A new door is one more `Knock`; a new reason to refuse is one more `Ask`.
@Suite struct SameRefusalTests {
  /// A way to ask, with a device's one-time secret.
  struct Knock: Sendable, CustomTestStringConvertible {
    let door: String
    /// What came back: whether it is a certificate, and what the answer says if it is none.
    let ask: @Sendable (RESTScene, CertificationRequest, String, String) async throws -> (isIssued: Bool, says: String)
    var testDescription: String { door }
  }

  /// A request that a profile does not take.
  struct Ask: Sendable, CustomTestStringConvertible {
    let rule: String
    /// What the profile says beside `name`, `subject` and `protocols`.
    var profile = standard
    var algorithm = KeyAlgorithm.p256
    var subject: DistinguishedName?
    var extensions: [CertificateExtension] = []
    /// Nil opens every door.
    var doors: String?
    var testDescription: String { rule }

    static let standard = """
      authority: operational
      keys: [P-256]
      validity: 7d
      key-usage: [digitalSignature]
      extended-key-usage: [clientAuth]
      ask: [secret]
      """
  }

  static let knocks = [
    Knock(door: "est") { scene, request, serial, secret in
      let answer = try await scene.post(
        "/.well-known/est/simpleenroll", Base64.encode(request.encoded), type: "application/pkcs10",
        RESTScene.basic(serial, secret))
      return (answer.status == 200, answer.text)
    },
    Knock(door: "rest") { scene, request, serial, secret in
      let pem = PEM(label: "CERTIFICATE REQUEST", bytes: request.encoded).text
      let answer = try await scene.post(
        "/api/v1/enroll", #"{"csr":"\#(pem.replacingOccurrences(of: "\n", with: "\\n"))"}"#, type: "application/json",
        RESTScene.basic(serial, secret))
      return (answer.status == 200, answer.text)
    },
  ]

  static let asks = [
    Ask(rule: "protocols", doors: "[command]"),
    Ask(rule: "ask", profile: Ask.standard.replacingOccurrences(of: "[secret]", with: "[administrator]")),
    Ask(rule: "key-algorithm", algorithm: .p384),
    Ask(rule: "key-usage", extensions: [.keyUsage([.digitalSignature, .keyAgreement])]),
    Ask(
      rule: "extended-key-usage",
      extensions: [.extendedKeyUsage([ObjectIdentifier([1, 3, 6, 1, 5, 5, 7, 3, 1])])]),
    Ask(rule: "basic-constraints", extensions: [.basicConstraints(isAuthority: true)]),
    Ask(
      rule: "extension",
      extensions: [CertificateExtension(identifier: ObjectIdentifier([1, 2, 3, 4]), critical: false, value: [5, 0])]),
    Ask(rule: "subject-alternative-name", extensions: [.subjectAlternativeName([.dnsName("pump.example.com")])]),
    Ask(
      rule: "subject",
      subject: DistinguishedName([.init(type: AttributeType.commonName, value: "SOMEBODY-ELSE")])),
  ]

  @Test(arguments: asks)
  func everyDoorNamesTheSameRule(_ ask: Ask) async throws {
    try await RESTScene.with { scene in
      try await scene.apply(ask)
      var said: [String: String] = [:]
      for knock in Self.knocks {
        let serial = "PUMP-\(knock.door)"
        let secret = try #require(
          try await scene.expect(
            "Invitation", .POST, "/devices", #"{"serial":"\#(serial)","profile":"doors"}"#)["secret"])
        let device = try TestDevice(serial, ask.algorithm)
        let request = try await device.request(subject: ask.subject, extensions: ask.extensions)
        let answer = try await knock.ask(scene, request, serial, secret)
        #expect(!answer.isIssued, "\(knock.door)")
        #expect(answer.says.contains(ask.rule), "\(knock.door): \(answer.says)")
        said[knock.door] = answer.says
      }
      #expect(said.count == Self.knocks.count)
    }
  }

  /// The table would prove nothing if these doors refused everything.
  @Test func everyDoorIssuesWhatTheProfileTakes() async throws {
    try await RESTScene.with { scene in
      try await scene.apply(Ask(rule: "none"))
      for knock in Self.knocks {
        let serial = "PUMP-\(knock.door)"
        let secret = try #require(
          try await scene.expect(
            "Invitation", .POST, "/devices", #"{"serial":"\#(serial)","profile":"doors"}"#)["secret"])
        let answer = try await knock.ask(scene, try await TestDevice(serial).request(), serial, secret)
        #expect(answer.isIssued, "\(knock.door): \(answer.says)")
      }
    }
  }

  /// What waits for an operator waits at every door, and is one request for each.
  @Test func everyDoorSaysThatAnOperatorHasToApprove() async throws {
    try await RESTScene.with { scene in
      try await scene.apply(Ask(rule: "none", profile: Ask.standard + "\napproval: required"))
      for knock in Self.knocks {
        let serial = "PUMP-\(knock.door)"
        let secret = try #require(
          try await scene.expect(
            "Invitation", .POST, "/devices", #"{"serial":"\#(serial)","profile":"doors"}"#)["secret"])
        let request = try await TestDevice(serial).request()
        let waits = try await knock.ask(scene, request, serial, secret)
        #expect(!waits.isIssued)
        let list = try await scene.call(.GET, "/requests?where=serial%3D\(serial)")
        guard case .array(let items)? = try list.json()["items"], items.count == 1,
          case .string(let id)? = items[0]["id"]
        else {
          Issue.record("\(knock.door): \(list.text)")
          continue
        }
        try await scene.expect("PendingRequest", .POST, "/requests/\(id)/approve", #"{"reason":"seen"}"#)
        let issued = try await knock.ask(scene, request, serial, secret)
        #expect(issued.isIssued, "\(knock.door): \(issued.says)")
      }
    }
  }
}

extension RESTScene {
  /// Anything at the server's address, by nobody.
  fileprivate func post(
    _ path: String, _ body: String, type: String, _ header: (String, String)
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url + path)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    request.headers.add(name: header.0, value: header.1)
    request.body = .bytes(ByteBuffer(string: body))
    let response = try await #require(clients["nobody"]).execute(request, timeout: .seconds(60))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers, body: Array(bytes.readableBytesView))
  }

  fileprivate func apply(_ ask: SameRefusalTests.Ask) async throws {
    let text = """
      name: doors
      subject:
        - commonName: "{serial}"
      protocols: \(ask.doors ?? "[est, rest, command, scep, cmp, acme]")
      \(ask.profile)

      """
    let answer = try await call(.PUT, "/profiles/doors", text, headers: [("Content-Type", "application/yaml")])
    #expect((200..<300).contains(answer.status), "\(answer.text)")
  }
}

import Credentials
import Foundation
import Issuance
import TestKit
import Testing
import WireFormats

/// The same profile refuses the same request with the same rule at every door, in that door's own vocabulary.
///
/// A new door is one more `Knock`; a new reason to refuse is one more `Ask`.
@Suite struct SameRefusalTests {
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

  /// The doors' words for a profile's refusal: a status of HTTP, a code of ours, failInfo badRequest (RFC 8894), failInfo
  /// by the template's part (RFC 9810 §5.2.3), an error's type (RFC 8555 §6.7).
  static let words: [String: Set<String>] = [
    "est": ["400"], "rest": ["policy"], "scep": ["2", "404"],
    "cmp": ["failInfo [15]", "failInfo [16]", "failInfo [19]"],
    "acme": ["badCSR", "rejectedIdentifier", "unauthorized"],
  ]

  @Test(arguments: asks)
  func everyDoorNamesTheSameRule(_ ask: Ask) async throws {
    try await RESTScene.with { scene in
      try await scene.apply(ask)
      for knock in Knock.all {
        var question = try await scene.question(for: knock, ask.algorithm)
        (question.subject, question.extensions) = (ask.subject, ask.extensions)
        let outcome = try await knock.ask(scene, question)
        #expect(!outcome.isIssued, "\(knock.door)")
        #expect(outcome.says.contains(ask.rule), "\(knock.door): \(outcome.says)")
        #expect(Self.words[knock.door]?.contains(outcome.word) == true, "\(knock.door): \(outcome.word)")
      }
    }
  }

  /// The table would prove nothing if these doors refused everything.
  @Test func everyDoorIssuesWhatTheProfileTakes() async throws {
    try await RESTScene.with { scene in
      try await scene.apply(Ask(rule: "none"))
      for knock in Knock.all {
        let outcome = try await knock.ask(scene, try await scene.question(for: knock))
        #expect(outcome.isIssued, "\(knock.door): \(outcome.says)")
      }
    }
  }

  /// TRUST.md, Enrollment: a grant works at every door; an answer that was lost is given again, and counts once.
  @Test func everyDoorCountsAGrantOnceForAKey() async throws {
    try await RESTScene.with { scene in
      try await scene.apply(
        Ask(rule: "none", profile: Ask.standard.replacingOccurrences(of: "[secret]", with: "[grant]")))
      let grant = try await scene.expect(
        "IssuedGrant", .POST, "/grants", #"{"profile":"doors","uses":5,"expires_in":"24h","mac":true}"#)
      let (name, secret) = (try #require(grant["name"]), try #require(grant["secret"]))
      for (number, knock) in Knock.all.enumerated() {
        let device = try TestDevice("PUMP-\(knock.door)")
        let first = try await knock.ask(scene, Knock.Question(device: device, name: name, secret: secret))
        let certificate = try #require(first.certificate, "\(knock.door): \(first.says)")
        let again = try await knock.ask(scene, Knock.Question(device: device, name: name, secret: secret))
        #expect(again.certificate == certificate, "\(knock.door): \(again.says)")
        let shown = try await scene.call(.GET, "/grants/\(name)").json()
        #expect(shown["issued"] == .integer(Int64(number + 1)), "\(knock.door)")
      }
      let late = Knock.Question(device: try TestDevice("PUMP-late"), name: name, secret: secret)
      for knock in Knock.all {
        let outcome = try await knock.ask(scene, late)
        #expect(!outcome.isIssued && outcome.says.contains("the grant is used up"), "\(knock.door): \(outcome.says)")
      }
    }
  }

  /// What waits for an operator waits at every door, and is one request for each.
  @Test func everyDoorSaysThatAnOperatorHasToApprove() async throws {
    try await RESTScene.with { scene in
      try await scene.apply(Ask(rule: "none", profile: Ask.standard + "\napproval: required"))
      for knock in Knock.all {
        let question = try await scene.question(for: knock)
        let waits = try await knock.ask(scene, question)
        #expect(!waits.isIssued)
        let list = try await scene.call(.GET, "/requests?where=serial%3D\(question.serial)")
        guard case .array(let items)? = try list.json()["items"], items.count == 1,
          case .string(let id)? = items[0]["id"]
        else {
          Issue.record("\(knock.door): \(waits.says) \(list.text)")
          continue
        }
        try await scene.expect("PendingRequest", .POST, "/requests/\(id)/approve", #"{"reason":"seen"}"#)
        let issued = try await knock.ask(scene, question)
        #expect(issued.isIssued, "\(knock.door): \(issued.says)")
      }
    }
  }
}

extension RESTScene {
  /// A device that was registered for the profile, with a secret for every door, and may ask for a name.
  fileprivate func question(for knock: Knock, _ algorithm: KeyAlgorithm = .p256) async throws -> Knock.Question {
    let serial = "PUMP-\(knock.door)"
    let invitation = try await expect(
      "Invitation", .POST, "/devices",
      #"{"serial":"\#(serial)","profile":"doors","mac":true,"labels":{"names":"pump.example.com"}}"#)
    return Knock.Question(
      device: try TestDevice(serial, algorithm), name: serial, secret: try #require(invitation["secret"]))
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

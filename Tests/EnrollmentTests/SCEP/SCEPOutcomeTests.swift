import Credentials
import Enrollment
import Issuance
import KeyCustody
import TestKit
import Testing

/// Every refusal in SCEP's vocabulary.
@Suite struct SCEPOutcomeTests {
  private static let expected: [Refusal.Code: String] = [
    .badRequest: "2 2", .unauthenticated: "2 2", .forbidden: "2 2", .notFound: "2 2", .conflict: "2 2",
    .policy: "2 2", .suspended: "2 2", .retired: "2 2", .revoked: "2 2", .expired: "2 2", .exhausted: "2 2",
    .keyReuse: "2 2", .proofOfPossession: "2 1", .pendingApproval: "3 ", .throttled: "HTTP 429",
    .unavailable: "HTTP 503",
  ]

  @Test func everyCode() async throws {
    let turns = Refusal.Code.allCases.map { Result<Issued, Refusal>.failure(Refusal($0, "reason", rule: "a-rule")) }
    let scene = try await SCEPScene(enrolling: TurnEnrolling(turns))
    let client = try TestSCEPClient(key: SCEPScene.rsa, serial: "O-1")
    let content = try TestSCEPClient.request(SCEPScene.rsa, serial: "O-1", challenge: "secret")
    for code in Refusal.Code.allCases {
      let answer = try await scene.send(try client.message(19, content: content, to: [try scene.recipient]))
      #expect(answer.refusal?.code == code)
      guard answer.status == 200 else {
        #expect("HTTP \(answer.status)" == Self.expected[code])
        #expect(answer.retryAfter != nil)
        continue
      }
      let reply = try client.read(answer.body, from: scene.authority.certificate)
      #expect("\(reply.status) \(reply.failInfo ?? "")" == Self.expected[code])
      if reply.status == "2" { #expect(reply.failText == "reason (rule a-rule)") }
    }
  }
}

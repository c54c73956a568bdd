import Enrollment
import Issuance
import Testing

@Suite struct ESTAnswerTests {
  private static let expected: [Refusal.Code: Int] = [
    .badRequest: 400, .proofOfPossession: 400, .policy: 400, .unauthenticated: 401, .forbidden: 403, .notFound: 404,
    .conflict: 409, .suspended: 403, .retired: 403, .revoked: 403, .expired: 403, .exhausted: 403, .keyReuse: 403,
    .throttled: 429, .unavailable: 503, .pendingApproval: 202,
  ]

  @Test(arguments: Refusal.Code.allCases)
  func saysEveryRefusalInHTTP(code: Refusal.Code) {
    let answer = ESTAnswer(Refusal(code, "a reason", rule: "some-rule", detail: "only for the log"))
    #expect(answer.status == Self.expected[code])
    #expect(answer.contentType == "text/plain; charset=utf-8")
    #expect(answer.body == Array("a reason (rule some-rule)\n".utf8))
    #expect((answer.challenge != nil) == (code == .unauthenticated))
    #expect((answer.retryAfter != nil) == [.throttled, .unavailable, .pendingApproval].contains(code))
  }

  @Test func staysInOneLine() {
    let answer = ESTAnswer(Refusal(.policy, "one\r\ntwo", hint: "three\nfour"))
    #expect(!answer.body.dropLast().contains { $0 == 0x0A || $0 == 0x0D })
    #expect(answer.body.last == 0x0A)
  }

  @Test(arguments: [ESTOperation.fullcmc, .serverkeygen])
  func saysWhatIsNotOffered(operation: ESTOperation) {
    let answer = ESTAnswer.notOffered(operation)
    #expect(answer.status == 501)
    #expect(answer.body == Array("\(operation) is not offered here\n".utf8))
  }
}

import AdministrationAPI
import Testing
import touchmark

@Suite struct FailureTests {
  @Test func aProblemIsOneLineAndAHint() {
    let problem = Problem(
      type: "about:blank", title: "Bad Request", status: 400, detail: "The key is too weak.", code: "policy",
      rule: "key-algorithm", hint: "Use P-256.")
    let failure = CommandFailure(problem)
    #expect(failure.text == "touchmark: the key is too weak (rule key-algorithm)\nhint: use P-256\n")
    #expect(failure.exit == .refused)
  }

  @Test(arguments: [
    (400, CommandExit.refused), (401, .notPermitted), (403, .notPermitted), (404, .notFound), (409, .conflict),
    (422, .refused), (429, .later), (500, .refused), (503, .later),
  ]) func everyStatusHasItsExitCode(_ pair: (Int, CommandExit)) {
    #expect(CommandExit(status: pair.0) == pair.1)
  }

  @Test func exitCodesStayWhatTheyAre() {
    #expect(CommandExit.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  }

  @Test(arguments: [
    ("No such device.", "no such device"), ("CSR is empty", "CSR is empty"), ("A key", "a key"), ("P-256", "P-256"),
    ("two\nlines", "two lines"), ("\u{1B}[2Jgone", " [2Jgone"), ("abc\u{202E}def", "abc def"),
  ]) func messagesAreOneHarmlessLine(_ pair: (String, String)) {
    #expect(OneLine.of(pair.0) == pair.1)
  }
}

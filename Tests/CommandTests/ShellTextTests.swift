import TestKit
import Testing
import touchmark

@Suite struct ShellTextTests {
  /// A shell has to read back exactly what was quoted.
  @Test(arguments: ["plain-1", "", "-n", "two words", "it's", "$(id)", "`id`", "a\\b", "*", "\"", "ä;b", "~", "a=b"])
  func aShellReadsItBack(_ text: String) async throws {
    let outcome = try await Program(path: "/bin/sh").run(["-c", "printf '[%s]' \(ShellText.quote(text))"])
    #expect(outcome.output == "[\(text)]")
  }

  @Test func theSecretIsNoProgramsArgument() {
    let line = EnrollmentLine(url: "https://h:8443", rootSHA256: "ab", name: "PUMP-7", secret: "s3cret").text
    // It stands once, in an assignment of the shell's own.
    #expect(line.components(of: "s3cret") == 1)
    #expect(line.contains(" S=s3cret "))
    #expect(!line.contains("\n"))
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

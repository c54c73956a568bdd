import AdministrationAPI
import ArgumentParser

struct ProfileTry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try", abstract: "Shows what a profile would issue for a request, or the rule that refuses it.",
    discussion: "Nothing is issued. The exit code is 1 when the profile would refuse.")

  @Argument(help: "The profile's name.")
  var name: String

  @Option(help: ArgumentHelp("The request, PKCS #10 as PEM or DER; - for standard input.", valueName: "file"))
  var csr: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let request = try InputFile.request(csr)
    try await connection.connected { server in
      let trial: Trial = try await server.post("/profiles/\(Query.escape(name))/try", EnrollmentBody(csr: request))
      try output.write(trial, text: Self.render(trial, profile: name))
      if !trial.wouldIssue { throw ExitCode(CommandExit.refused.rawValue) }
    }
  }

  package static func render(_ trial: Trial, profile: String) -> String {
    guard trial.wouldIssue else {
      return "\(profile) would refuse\n" + Table.facts([("rule", trial.rule), ("reason", trial.reason)])
    }
    let valid = "\(ReadableTime.minute(trial.notBefore)) to \(ReadableTime.minute(trial.notAfter))"
    let facts: [(String, String?)] =
      [
        ("subject", trial.subject.map { $0.isEmpty ? "(empty)" : $0 }),
        ("also named", trial.subjectAlternativeNames.joined(separator: ", ")), ("valid", valid),
      ] + trial.extensions.enumerated().map { ($0.offset == 0 ? "extensions" : "", $0.element) }
    return "\(profile) would issue\n" + Table.facts(facts)
  }
}

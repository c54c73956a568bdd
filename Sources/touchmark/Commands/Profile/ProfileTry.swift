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
      try output.write(trial, text: ProfileText.render(trial, profile: name))
      if !trial.wouldIssue { throw ExitCode(CommandExit.refused.rawValue) }
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct AttestationResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Lets the policy suspend devices again after it has stopped.",
    discussion: """
      touchmark attestation list --status failed shows the devices that wait. What was suspended before does not count \
      any more.
      """)

  @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"))
  var reason: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let limit: AttestationLimitItem = try await server.post(
        "/attestation/resume", StandingReason(reason: reason))
      try output.write(limit, text: "the policy suspends again, up to \(limit.percent) % of the fleet in an hour\n")
    }
  }
}

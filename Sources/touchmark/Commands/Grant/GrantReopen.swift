import AdministrationAPI
import ArgumentParser

struct GrantReopen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: "Opens a grant that a restore closed.")

  @Argument(help: "The grant's name.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "How many devices it let in that the backup does not know of; they count as issued.", valueName: "count"))
  var lost: Int?

  @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"))
  var reason: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if let lost, lost < 0 { throw ValidationError("--lost is a count from 0 up") }
  }

  func run() async throws {
    try await connection.connected { server in
      let grant: GrantItem = try await server.post(
        "/grants/\(Query.escape(name))/reopen", GrantReopening(lost: lost, reason: reason))
      try output.write(grant, text: "\(grant.name) is open; \(grant.left) of \(grant.uses) uses are left\n")
    }
  }
}

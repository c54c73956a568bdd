import AdministrationAPI
import ArgumentParser

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows how the whole fleet stands: one screen.")

  @Option(help: ArgumentHelp("What counts as expiring.", valueName: "24h"))
  var expiringWithin: Lifetime?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let query = expiringWithin.map { [("expiring_within", $0.text)] } ?? []
      let status: FleetStatus = try await server.get("/status", query: query)
      try output.write(status, text: StatusText.render(status))
    }
  }
}

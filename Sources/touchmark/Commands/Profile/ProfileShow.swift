import AdministrationAPI
import ArgumentParser

struct ProfileShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows a profile.")

  @Argument(help: "The profile's name.")
  var name: String

  @Option(help: ArgumentHelp("An earlier version.", valueName: "number"))
  var version: Int?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let profile = try await server.profile(name, version: version)
      try output.write(profile, text: ProfileText.render(profile))
    }
  }
}

extension ServerConnection {
  func profile(_ name: String, version: Int?) async throws -> ProfileItem {
    try await get("/profiles/\(Query.escape(name))", query: version.map { [("version", "\($0)")] } ?? [])
  }
}

import AdministrationAPI
import ArgumentParser

struct GrantShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a grant: issued, repeated, refused, left.")

  @Argument(help: "The grant's name.")
  var name: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let grant: GrantItem = try await server.get("/grants/\(Query.escape(name))")
      try output.write(grant, text: GrantText.render(grant))
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct GrantRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Ends a grant. Certificates that came through it stay good.")

  @Argument(help: "The grant's name.")
  var name: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let grant: GrantItem = try await server.post("/grants/\(Query.escape(name))/revoke")
      try output.write(grant, text: "\(grant.name) is revoked; \(grant.issued) devices enrolled through it\n")
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct GrantRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Ends a grant. Certificates that came through it stay good.")

  @Argument(help: "The grant's name.")
  var name: String?

  @Option(help: ArgumentHelp("Why, for the log.", valueName: "text"))
  var reason: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try many.check(one: name, named: "a grant's name", of: .grants) }

  func run() async throws {
    try await connection.connected { server in
      guard let name else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "grant.revoke", where: many.selection ?? "", reason: reason), doing: "revoke")
      }
      let grant: GrantItem = try await server.post(
        "/grants/\(Query.escape(name))/revoke", StandingReason(reason: reason))
      try output.write(grant, text: "\(grant.name) is revoked; \(grant.issued) devices enrolled through it\n")
    }
  }
}

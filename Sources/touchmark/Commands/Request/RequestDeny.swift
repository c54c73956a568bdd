import AdministrationAPI
import ArgumentParser

struct RequestDeny: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny", abstract: "Refuses a request when it is asked again.",
    discussion: "The reason is shown to whoever asks.")

  @Argument(help: "The request's name.")
  var id: String?

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try many.check(one: id, named: "a request's name", of: .requests) }

  func run() async throws {
    try await connection.connected { server in
      guard let id else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "request.deny", where: many.selection ?? "", reason: reason), doing: "deny")
      }
      let request: PendingRequestItem = try await server.post(
        "/requests/\(Query.escape(id))/deny", StandingReason(reason: reason))
      try output.write(request, text: "\(request.id) is denied\n")
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct RequestApprove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Lets a request be answered with a certificate when it is asked again.",
    discussion:
      "Everything else is decided anew then: a device that was suspended meanwhile gets nothing. An approval stands for a week."
  )

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
          NewBulkAct(act: "request.approve", where: many.selection ?? "", reason: reason), doing: "approve")
      }
      let request: PendingRequestItem = try await server.post(
        "/requests/\(Query.escape(id))/approve", StandingReason(reason: reason))
      try output.write(
        request, text: "\(request.id) is approved: the same request gets its certificate when it is asked again\n")
    }
  }
}

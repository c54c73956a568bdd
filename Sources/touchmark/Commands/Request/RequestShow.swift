import AdministrationAPI
import ArgumentParser

struct RequestShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a request: who asks for what, and the request itself.")

  @Argument(help: "The request's name.")
  var id: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let request: PendingRequestItem = try await server.get("/requests/\(Query.escape(id))")
      try output.write(request, text: RequestText.render(request))
    }
  }
}

import ArgumentParser

struct TrustRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Ends the trust in a manufacturer's authority, from the next request on.")

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      _ = try await server.exchange(.DELETE, ServerConnection.base + "/trust/\(Query.escape(name))")
      StandardOutput.write(Printable.text("\(name) is no longer trusted") + "\n")
    }
  }
}

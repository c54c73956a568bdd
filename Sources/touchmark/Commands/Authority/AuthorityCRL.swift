import AdministrationAPI
import ArgumentParser

struct AuthorityCRL: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crl", abstract: "Publishes an authority's revocation list now.")

  @Argument(help: "The authority's identifier, or its purpose where there is one alone.")
  var authority: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let found = try await server.authority(authority)
      let list: PublishedList = try await server.post("/authorities/\(Query.escape(found.id))/crl")
      let next = ReadableTime.minute(list.nextUpdate)
      try output.write(list, text: "number \(list.number) is published; the next one is due by \(next)\n")
    }
  }
}

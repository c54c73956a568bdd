import AdministrationAPI
import ArgumentParser
import WireFormats

struct AuthorityCRL: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crl", abstract: "Publishes an authority's revocation list now.",
    discussion: "A root's list is made ahead and needs its key: from the data folder, from --root FILE, or carried.")

  @Argument(help: "The authority's identifier, or its name where there is one alone.")
  var authority: String

  @Option(help: ArgumentHelp("How long a root's list is valid (default 365d).", valueName: "span"))
  var lifetime: String?

  @OptionGroup var root: RootOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if let lifetime, Span(lifetime) == nil { throw ValidationError("--lifetime is a span such as 365d") }
  }

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    try await connection.connected { server in
      let found = try await server.activeAuthority(authority)
      if found.purpose == "root" || found.purpose == "successor" { return try await publishAhead(found, server) }
      let list: PublishedList = try await server.post("/authorities/\(Query.escape(found.id))/crl")
      let next = ReadableTime.minute(list.nextUpdate)
      try output.write(list, text: "number \(list.number) is published; the next one is due by \(next)\n")
    }
  }

  private func publishAhead(_ found: AuthorityItem, _ server: ServerConnection) async throws {
    let asked: RootRequestItem = try await server.post(
      "/authorities/\(Query.escape(found.id))/crl-request", RootListTerms(lifetime: lifetime))
    guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
    let list = try await server.activeAuthority(found.id)
    let next = ReadableTime.minute(list.crlNextUpdate)
    try output.write(done, text: "number \(list.crlNumber ?? 0) of \(found.id) is in force until \(next)\n")
  }
}

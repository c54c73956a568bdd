import AdministrationAPI
import ArgumentParser

struct AuthorityRenew: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew", abstract: "Gives an issuing authority a new key, while the server serves.",
    discussion: """
      Its name stays; devices renew under the new key, and what the old key signed stays valid. The root signs: its key \
      is taken from the data folder or from --root FILE, or the request is carried to it with --request FILE.
      """)

  @Argument(help: "The authority's identifier, or its purpose where one alone is active.")
  var authority: String

  @Option(
    help: ArgumentHelp(
      "The token for the new key, one that touchmark.yaml names: pkcs11:token=LABEL. Else it lives where the old one does.",
      valueName: "uri"))
  var keys: String?

  @OptionGroup var root: RootOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    try await connection.connected { server in
      let found = try await server.activeAuthority(authority)
      let asked: RootRequestItem = try await server.post(
        "/authorities/\(Query.escape(found.id))/renew", AuthorityRenewal(keys: keys))
      guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
      try output.write(
        done, text: "\(done.authority) issues in the place of \(found.id), which still answers for what it issued\n")
    }
  }
}

extension ServerConnection {
  /// By identifier, else the active one of a purpose.
  func activeAuthority(_ name: String) async throws -> AuthorityItem {
    var all: [AuthorityItem] = []
    try await pages("/authorities", of: AuthorityItem.self) { all += $0 }
    if let found = all.first(where: { $0.id == name }) { return found }
    let active = all.filter {
      $0.purpose == name && ($0.state == "active" || name == "successor" && $0.state == "standby")
    }
    if let only = active.first, active.count == 1 { return only }
    throw CommandFailure(.notFound, "there is no authority \(name)", hint: "touchmark authority list")
  }
}

import AdministrationAPI
import ArgumentParser

struct AuthorityRenew: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew", abstract: "Gives an issuing authority a new key, while the server serves.",
    discussion: """
      Its name stays; devices renew under the new key, and what the old key signed stays valid. The root signs: its key \
      is taken from the data folder or from --root FILE, or the request is carried to it with --request FILE. Under \
      somebody else's root that file is a PKCS#10 request: touchmark authority install takes what they issue.
      """)

  @Argument(help: "The authority's identifier, or its name.")
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
      if try await server.isForeign(found.parent) { return try await ask(for: found, server) }
      let asked: RootRequestItem = try await server.post(
        "/authorities/\(Query.escape(found.id))/renew", AuthorityRenewal(keys: keys))
      guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
      try output.write(
        done, text: "\(done.authority) issues in the place of \(found.id), which still answers for what it issued\n")
    }
  }

  private func ask(for found: AuthorityItem, _ server: ServerConnection) async throws {
    guard let path = root.request else {
      throw CommandFailure(
        .usage, "\(found.id) hangs on somebody else's root", hint: "--request FILE writes what they have to certify")
    }
    let asked: AuthorityRequestItem = try await server.post(
      "/authorities/\(Query.escape(found.id))/request", AuthorityRenewal(keys: keys))
    try ForeignRequest.write(asked, to: path)
    try output.write(asked, text: "")
  }
}

extension ServerConnection {
  /// Whether that is somebody else's authority.
  func isForeign(_ authority: String?) async throws -> Bool {
    guard let authority else { return false }
    var isForeign = false
    try await pages("/authorities", of: AuthorityItem.self) { page in
      isForeign = isForeign || page.contains { $0.id == authority && $0.purpose == "foreign" }
    }
    return isForeign
  }

  /// By identifier, else the active one of a name.
  func activeAuthority(_ name: String) async throws -> AuthorityItem {
    var all: [AuthorityItem] = []
    try await pages("/authorities", of: AuthorityItem.self) { all += $0 }
    if let found = all.first(where: { $0.id == name }) { return found }
    let active = all.filter {
      $0.called == name && ($0.state == "active" || name == "successor" && $0.state == "standby")
    }
    if let only = active.first, active.count == 1 { return only }
    throw CommandFailure(.notFound, "there is no authority \(name)", hint: "touchmark authority list")
  }
}

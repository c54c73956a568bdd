import AdministrationAPI
import ArgumentParser
import Credentials
import Issuance

struct AuthorityRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Puts a renewed authority's old certificate on its root's list.",
    discussion: "Devices that hold certificates under it are known by their records, and still renew.")

  @Argument(help: "The authority's identifier.")
  var authority: String

  @Option(help: "A reason of RFC 5280 §5.3.1, such as cACompromise or superseded.")
  var reason: String

  @OptionGroup var root: RootOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.reason(reason) }

  func run() async throws {
    try PrivateFile.expectFree(root.request)
    try await connection.connected { server in
      let asked: RootRequestItem = try await server.post(
        "/authorities/\(Query.escape(authority))/revoke", Revocation(reason: reason))
      guard let done = try await RootErrand(server: server, options: root).run(asked) else { return }
      try output.write(done, text: "\(done.authority) is revoked: \(reason)\n")
    }
  }
}

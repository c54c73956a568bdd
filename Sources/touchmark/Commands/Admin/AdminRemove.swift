import AdministrationAPI
import ArgumentParser

struct AdminRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Ends somebody's right to administer, at once.",
    discussion: """
      All of the name's certificates, or the one that --certificate names. They are revoked besides. The last \
      administrator cannot be removed.
      """)

  @Argument(help: "Who it is.")
  var name: String

  @Option(
    name: .customLong("certificate"),
    help: ArgumentHelp("Only this one: its SHA-256, as admin list shows it.", valueName: "fingerprint"))
  var fingerprint: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let query = fingerprint.map { [("fingerprint", $0)] } ?? []
      let ended: RemovedAdministrators = try await server.send(
        .DELETE, "/administrators/\(Query.escape(name))", query: query,
        Payload(type: "application/json", bytes: Array("{}".utf8)))
      try output.write(ended, text: AdminText.removed(ended.removed))
    }
  }
}

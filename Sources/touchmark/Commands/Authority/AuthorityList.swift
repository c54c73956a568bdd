import AdministrationAPI
import ArgumentParser

struct AuthorityList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the authorities and the roots.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/authorities", columns: AuthorityItem.columns, output)
    }
  }
}

extension AuthorityItem {
  /// What profiles and people call it.
  package var called: String { name ?? purpose }

  /// The columns of a list.
  package static let columns: [Column<AuthorityItem>] = [
    Column("id") { $0.id },
    Column("name") { $0.called },
    Column("purpose") { $0.purpose },
    Column("state") { $0.state },
    Column("key_algorithm") { $0.keyAlgorithm },
    .time("not_after") { $0.notAfter },
    Column("crl_number") { $0.crlNumber.map(String.init) ?? "" },
    .time("crl_next_update") { $0.crlNextUpdate },
    Column("subject") { $0.subject },
    Column("key_home", inTable: false) { $0.keyHome ?? "" },
    Column("parent", inTable: false) { $0.parent ?? "" },
  ]
}

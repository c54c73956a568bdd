import AdministrationAPI
import ArgumentParser

struct GrantList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists grants.")

  @OptionGroup var selection: SelectionOption
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws { try selection.check(.grants) }

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/grants", query: [("where", selection.text)], columns: GrantItem.columns, output)
    }
  }
}

extension GrantItem {
  /// The columns of a list.
  package static let columns: [Column<GrantItem>] = [
    Column("name") { $0.name },
    Column("profile") { $0.profile },
    Column("uses") { "\($0.uses)" },
    Column("issued") { "\($0.issued)" },
    Column("repeated") { "\($0.repeated)" },
    Column("refused") { "\($0.refused)" },
    Column("left") { "\($0.left)" },
    Column("lot") { $0.lot ?? "" },
    Column("serials_from", inTable: false) { $0.serialsFrom ?? "" },
    Column("serials_to", inTable: false) { $0.serialsTo ?? "" },
    Column("serials", inTable: false) { $0.serials?.joined(separator: " ") ?? "" },
    Column("station", inTable: false) { $0.station ?? "" },
    .time("expires") { $0.expires },
    Column("created_at", inTable: false) { $0.createdAt },
    Column("created_by", inTable: false) { $0.createdBy },
    .time("revoked_at") { $0.revokedAt },
  ]
}

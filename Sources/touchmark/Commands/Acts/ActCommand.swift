import AdministrationAPI
import ArgumentParser

struct ActCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "act", abstract: "Acts on many: whom they were done to.",
    discussion: "Commands with --where make them, print their names, and go on with one by --resume.",
    subcommands: [ActMembers.self])
}

struct ActMembers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "Lists those that an act on many is done to, and why one was refused.")

  @Argument(help: "The act's name, act-….")
  var id: String

  @Flag(help: "Only those to whom nothing was done.")
  var refused = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list(
        "/acts/\(Query.escape(id))/members", query: [("refused", refused ? "true" : nil)],
        columns: BulkMemberItem.columns, output)
    }
  }
}

extension BulkMemberItem {
  /// The columns of a list.
  package static let columns: [Column<BulkMemberItem>] = [
    Column("position") { "\($0.position)" },
    Column("serial") { $0.serial ?? "" },
    Column("device", inTable: false) { $0.device ?? "" },
    Column("authority") { $0.authority ?? "" },
    Column("serial_number") { $0.serialNumber ?? "" },
    Column("grant") { $0.grant ?? "" },
    Column("request") { $0.request ?? "" },
    Column("refusal") { $0.refusal ?? "" },
  ]
}

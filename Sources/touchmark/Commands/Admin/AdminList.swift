import AdministrationAPI
import ArgumentParser

struct AdminList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists who may administer, and when their certificates end.")

  @Flag(help: "Those who were removed, too.")
  var removed = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list(
        "/administrators", query: [("removed", removed ? "true" : nil)], columns: AdministratorItem.columns, output)
    }
  }
}

extension AdministratorItem {
  /// The columns of a list.
  package static let columns: [Column<AdministratorItem>] = [
    Column("name") { $0.name },
    Column("role") { $0.role },
    Column("status") { $0.status },
    Column("profiles") { $0.profiles.joined(separator: " ") },
    Column("lot", inTable: false) { $0.lot ?? "" },
    Column("uses", inTable: false) { $0.uses.map { "\($0)" } ?? "" },
    Column("issued", inTable: false) { $0.issued.map { "\($0)" } ?? "" },
    .time("not_after") { $0.notAfter },
    Column("serial_number", inTable: false) { $0.serialNumber },
    Column("fingerprint", shown: { String($0.fingerprint.prefix(16)) }, { $0.fingerprint }),
    .time("added_at", inTable: false) { $0.addedAt },
    Column("added_by") { $0.addedBy },
    .time("removed_at", inTable: false) { $0.removedAt },
  ]
}

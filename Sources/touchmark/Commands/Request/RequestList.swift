import AdministrationAPI
import ArgumentParser

struct RequestList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists requests that wait for an operator, oldest first.",
    discussion: "Those that were decided on stay in the list for a week: --where 'state=pending' leaves them out.")

  @OptionGroup var selection: SelectionOption
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws { try selection.check(.requests) }

  func run() async throws {
    try await connection.connected { server in
      try await server.list(
        "/requests", query: [("where", selection.text)], columns: PendingRequestItem.columns, output)
    }
  }
}

extension PendingRequestItem {
  /// The columns of a list.
  package static let columns: [Column<PendingRequestItem>] = [
    Column("id") { $0.id },
    Column("state") { $0.state },
    Column("profile") { $0.profile },
    Column("serial") { $0.serial },
    Column("subject", inTable: false) { $0.subject },
    Column("principal") { $0.principal },
    Column("door") { $0.door },
    Column("address", inTable: false) { $0.address },
    Column("key_sha256", inTable: false) { $0.keySHA256 },
    Column("digest", inTable: false) { $0.digest },
    Column("request_sha256", inTable: false) { $0.requestSHA256 },
    .time("created_at") { $0.createdAt },
    .time("expires") { $0.expires },
    .time("decided_at", inTable: false) { $0.decidedAt },
    Column("decided_by", inTable: false) { $0.decidedBy ?? "" },
    Column("reason", inTable: false) { $0.reason ?? "" },
    Column("serial_number", inTable: false) { $0.serialNumber ?? "" },
  ]
}

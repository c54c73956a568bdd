import AdministrationAPI
import ArgumentParser

struct AttestationList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists what devices' last attestations came to.")

  @Option(help: ArgumentHelp("Only trusted, warning or failed.", valueName: "status"))
  var status: String?

  @Flag(help: "Only devices that should have attested again.")
  var overdue = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws { try Check.oneOf(["trusted", "warning", "failed"], status, option: "--status") }

  func run() async throws {
    try await connection.connected { server in
      try await server.list(
        "/attestations", query: [("status", status), ("overdue", overdue ? "true" : nil)],
        columns: AttestationItem.columns, output)
    }
  }
}

extension AttestationItem {
  /// The columns of a list.
  package static let columns: [Column<AttestationItem>] = [
    Column("serial") { $0.serial },
    Column("manufacturer", inTable: false) { $0.manufacturer },
    Column("state") { $0.state },
    Column("status") { $0.status },
    Column("firmware_version") { $0.firmwareVersion ?? "" },
    .time("appraised_at") { $0.appraisedAt },
    .time("due_at") { $0.dueAt },
    Column("overdue", inTable: false) { "\($0.overdue)" },
    Column("reasons", shown: { $0.reasons.first ?? "" }, { $0.reasons.joined(separator: "; ") }),
    Column("attestation", inTable: false) { $0.attestation },
  ]
}

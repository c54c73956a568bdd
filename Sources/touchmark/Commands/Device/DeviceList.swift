import AdministrationAPI
import ArgumentParser

struct DeviceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists devices.")

  @Option(help: ArgumentHelp("Only serials that begin so.", valueName: "text"))
  var prefix: String?

  @Option(help: "Only those that are registered, active, suspended or retired.")
  var state: String?

  @Option(help: ArgumentHelp("Only those of this profile.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Only those of this lot.", valueName: "text"))
  var lot: String?

  @Option(help: ArgumentHelp("Only those of this product.", valueName: "name"))
  var product: String?

  @Option(help: ArgumentHelp("Only those with this label.", valueName: "key=value"))
  var label: Label?

  @OptionGroup var selection: SelectionOption
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws {
    try selection.check(.devices)
    try Check.oneOf(["registered", "active", "suspended", "retired"], state, option: "--state")
  }

  func run() async throws {
    let query = [
      ("prefix", prefix), ("state", state), ("profile", profile), ("lot", lot), ("product", product),
      ("label", label?.text), ("where", selection.text),
    ]
    try await connection.connected { server in
      try await server.list("/devices", query: query, columns: DeviceItem.columns, output)
    }
  }
}

extension DeviceItem {
  /// The columns of a list.
  package static let columns: [Column<DeviceItem>] = [
    Column("serial") { $0.serial },
    Column("manufacturer", inTable: false) { $0.manufacturer },
    Column("kind", inTable: false) { $0.kind },
    Column("state") { $0.state },
    Column("profile") { $0.profile },
    Column("product") { $0.product ?? "" },
    Column("hardware_revision", inTable: false) { $0.hardwareRevision ?? "" },
    Column("lot") { $0.lot ?? "" },
    .time("last_contact_at") { $0.lastContactAt },
    Column("last_contact_door", inTable: false) { $0.lastContactDoor ?? "" },
    .time("renewal_due_at") { $0.renewalDueAt },
    .time("expires_at", inTable: false) { $0.expiresAt },
    Column("labels") { Label.text($0.labels) },
    Column("state_reason", inTable: false) { $0.stateReason ?? "" },
    Column("registered_at", inTable: false) { $0.registeredAt },
    Column("registered_by", inTable: false) { $0.registeredBy },
    Column("id", inTable: false) { $0.id },
  ]
}

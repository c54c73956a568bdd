import AdministrationAPI
import ArgumentParser

struct BaselineList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the firmware versions that have reference values.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/baselines", columns: BaselineItem.columns, output)
    }
  }
}

extension BaselineItem {
  /// The columns of a list.
  package static let columns: [Column<BaselineItem>] = [
    Column("product") { $0.product },
    Column("firmware_version") { $0.firmwareVersion },
    Column("registers") { $0.registers },
    Column("learned_from") { $0.learnedFrom ?? "" },
    .time("changed_at") { $0.changedAt },
    Column("changed_by") { $0.changedBy },
  ]
}

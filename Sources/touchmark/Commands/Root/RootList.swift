import AdministrationAPI
import ArgumentParser

struct RootList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists what was asked of roots, and whether it was answered.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/root-requests", columns: RootRequestItem.columns, output)
    }
  }
}

extension RootRequestItem {
  /// The columns of a list.
  package static let columns: [Column<RootRequestItem>] = [
    Column("id") { $0.id },
    Column("act") { $0.act },
    .time("created_at") { $0.createdAt },
    Column("created_by") { $0.createdBy },
    .time("expires") { $0.expires },
    .time("answered_at") { $0.answeredAt },
  ]
}

struct RootShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Prints a request to a root, as it is carried to the root's key.")

  @Argument(help: "The request's identifier.")
  var request: String

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      let item: RootRequestItem = try await server.get("/root-requests/\(Query.escape(request))")
      StandardOutput.write(item.request)
    }
  }
}

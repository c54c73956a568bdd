import AdministrationAPI
import ArgumentParser

struct AuthorityShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows an authority and its certificate.")

  @Argument(help: "The authority's identifier, or its name where there is one alone.")
  var authority: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let found = try await server.authority(authority)
      try output.write(found, text: AuthorityText.render(found))
    }
  }
}

extension ServerConnection {
  /// By identifier, else by a name that a single one has.
  func authority(_ name: String) async throws -> AuthorityItem {
    var all: [AuthorityItem] = []
    try await pages("/authorities", of: AuthorityItem.self) { all += $0 }
    if let found = all.first(where: { $0.id == name }) { return found }
    let fitting = all.filter { $0.called == name }
    if let only = fitting.first, fitting.count == 1 { return only }
    guard fitting.isEmpty else {
      throw CommandFailure(
        .conflict, "\(fitting.count) authorities have the name \(name)",
        hint: "name one: \(fitting.map(\.id).joined(separator: ", "))")
    }
    throw CommandFailure(.notFound, "there is no authority \(name)", hint: "touchmark authority list")
  }
}

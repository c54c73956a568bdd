import ArgumentParser

struct AuditCheckpoint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Prints the log's newest signed checkpoint, to be kept elsewhere.",
    discussion: "With one from outside, audit verify --from finds a cut tail, and a restore counts grants exactly.")

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      let note = try await server.exchange(.GET, ServerConnection.base + "/audit/checkpoint")
      print(String(decoding: note, as: UTF8.self), terminator: "")
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct ApproverInstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Installs the approvers' document: the first, or the one after the last.")

  @Argument(help: "The signed document's file.") var document: String
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let note = try InputFile.text(document)
    try await connection.connected { server in
      let taken: StatementItem = try await server.post("/approvers", SignedStatement(note: note))
      try output.write(taken, text: "the approvers' document \(taken.number) is in force\n")
    }
  }
}

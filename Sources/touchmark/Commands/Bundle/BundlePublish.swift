import AdministrationAPI
import ArgumentParser

struct BundlePublish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publishes a signed trust bundle at /trust-bundle.")

  @Argument(help: "The signed bundle's file.") var bundle: String
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let note = try InputFile.text(bundle)
    try await connection.connected { server in
      let taken: StatementItem = try await server.post("/trust-bundles", SignedStatement(note: note))
      try output.write(taken, text: "trust bundle \(taken.number) is published\n")
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct ProfileApply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Puts a profile into force, and shows what changes.",
    discussion: "The profile's name stands in the file. Applying the same text again changes nothing.")

  @Argument(help: "The profile in YAML, or - for standard input.")
  var file: String

  @Flag(help: "Only show what would change.")
  var dryRun = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let document = try InputFile.text(file)
    let name = try ProfileDocument.name(in: document, file: file)
    try await connection.connected { server in
      let change: ProfileChange = try await server.send(
        .PUT, "/profiles/\(Query.escape(name))", query: dryRun ? [("dry_run", "true")] : [],
        Payload(type: "application/yaml", bytes: Array(document.utf8)))
      try output.write(change, text: ProfileText.render(change, dryRun: dryRun))
    }
  }
}

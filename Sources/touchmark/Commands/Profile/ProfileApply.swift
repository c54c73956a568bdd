import AdministrationAPI
import ArgumentParser
import Issuance
import Registry

struct ProfileApply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Puts a profile into force, and shows what changes.",
    discussion: """
      The profile's name stands in the file. Applying the same text again changes nothing. --built-in takes the text
      that a new installation would have, where an older version of the program made this one.
      """)

  @Argument(help: "The profile in YAML, or - for standard input.")
  var file: String?

  @Option(help: ArgumentHelp("A built-in profile as this version has it, instead of a file.", valueName: "name"))
  var builtIn: String?

  @Flag(help: "Only show what would change.")
  var dryRun = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    guard (file == nil) != (builtIn == nil) else { throw ValidationError("give a file, or --built-in NAME") }
  }

  func run() async throws {
    let (name, document) = try text()
    try await connection.connected { server in
      let change: ProfileChange = try await server.send(
        .PUT, "/profiles/\(Query.escape(name))", query: dryRun ? [("dry_run", "true")] : [],
        Payload(type: "application/yaml", bytes: Array(document.utf8)))
      try output.write(change, text: ProfileText.render(change, dryRun: dryRun))
    }
  }

  private func text() throws -> (name: String, document: String) {
    if let file {
      let document = try InputFile.text(file)
      return (try ProfileDocument.name(in: document, file: file), document)
    }
    guard let builtIn, let name = ProfileName(rawValue: builtIn),
      let document = BuiltInProfiles.document(of: name)
    else {
      throw CommandFailure(
        .notFound, "no built-in profile is called \(builtIn ?? "")", hint: "touchmark profile list shows those in force"
      )
    }
    return (builtIn, document)
  }
}

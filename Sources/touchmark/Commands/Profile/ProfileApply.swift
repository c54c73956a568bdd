import AdministrationAPI
import ArgumentParser
import Yams

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
    let name = try Self.name(in: document, file: file)
    try await connection.connected { server in
      let change: ProfileChange = try await server.send(
        .PUT, "/profiles/\(Query.escape(name))", query: dryRun ? [("dry_run", "true")] : [],
        Payload(type: "application/yaml", bytes: Array(document.utf8)))
      try output.write(change, text: Self.render(change, dryRun: dryRun))
    }
  }

  /// The server validates the document; here only its name is looked for, since the address has it.
  package static func name(in document: String, file: String) throws(CommandFailure) -> String {
    let node: Node?
    do {
      node = try Yams.compose(yaml: document)
    } catch {
      throw CommandFailure(.refused, "\(file) is not YAML: \(error)")
    }
    guard let name = node?.mapping?["name"]?.string, !name.isEmpty else {
      throw CommandFailure(.refused, "\(file) names no profile", hint: "it begins with a line like name: pump")
    }
    return name
  }

  package static func render(_ change: ProfileChange, dryRun: Bool) -> String {
    guard change.changed else { return "\(change.name) stays at version \(change.version): nothing differs\n" }
    let lines = change.difference.split(separator: "\n", omittingEmptySubsequences: false)
    var difference = lines.map { Printable.text(String($0)) }.joined(separator: "\n")
    if !difference.hasSuffix("\n") { difference += "\n" }
    let outcome = dryRun ? "would be version \(change.version)" : "is at version \(change.version)"
    return difference + "\(change.name) \(outcome)\n"
  }
}

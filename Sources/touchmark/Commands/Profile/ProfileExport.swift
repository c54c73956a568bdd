import AdministrationAPI
import ArgumentParser

struct ProfileExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a profile as the YAML that was applied.",
    discussion: "Edit what it writes and apply it again: touchmark profile apply FILE.")

  @Argument(help: "The profile's name.")
  var name: String

  @Option(help: ArgumentHelp("An earlier version.", valueName: "number"))
  var version: Int?

  @Option(help: ArgumentHelp("A new file, instead of standard output.", valueName: "file"))
  var out: String?

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.connected { server in
      let profile = try await server.profile(name, version: version)
      guard let out else { return StandardOutput.write(profile.document) }
      try PrivateFile.create(out, profile.document)
      StandardError.say("\(out) holds \(profile.name), version \(profile.version)")
    }
  }
}

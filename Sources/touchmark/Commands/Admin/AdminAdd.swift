import AdministrationAPI
import ArgumentParser

struct AdminAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Gives a person or a station a certificate to administer with.",
    discussion: """
      Writes PATH.pem (the certificate and its issuers), PATH.key (mode 0600; made here, unless --csr brings a request \
      of a key that is elsewhere) and root.pem beside them where there is none. A certificate ends after a year: adding \
      the same name again gives the next one, and the first stays good until its end.
      """)

  @Argument(help: "Who it is: the log names them so.")
  var name: String

  @Option(help: "administrator, operator, station or auditor.")
  var role = "operator"

  @Option(
    name: .customLong("profile"), help: ArgumentHelp("What a station enrolls for; repeatable.", valueName: "name"))
  var profiles: [String] = []

  @Option(help: ArgumentHelp("A request of the key that they hold, PKCS #10 as PEM or DER.", valueName: "file"))
  var csr: String?

  @Option(help: ArgumentHelp("Where the files go.", valueName: "path"))
  var out: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.oneOf(["administrator", "operator", "station", "auditor"], role, option: "--role")
    guard (role == "station") != profiles.isEmpty else {
      throw ValidationError(
        role == "station" ? "say what the station enrolls for: --profile NAME" : "--profile is for stations")
    }
  }

  func run() async throws {
    let files = IdentityFiles(path: out)
    try files.expectFree(withKey: csr == nil)
    let request = try await IdentityRequest(name: name, csr: csr)
    try await connection.connected { server in
      try request.keep(in: files)
      let added: AddedAdministrator
      do {
        added = try await server.post(
          "/administrators",
          NewAdministrator(
            name: name, role: role, profiles: profiles.isEmpty ? nil : profiles, csr: request.pem))
      } catch {
        request.discard(files)
        throw error
      }
      try files.write(
        certificate: added.certificate, chain: added.chain, root: try InputFile.text(server.location.rootPath))
      try output.write(AddedIdentity(added.administrator, files), text: AdminText.added(added.administrator, files))
    }
  }
}

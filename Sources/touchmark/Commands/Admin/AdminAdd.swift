import AdministrationAPI
import ArgumentParser

struct AdminAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Gives a person, a station or a registration authority a certificate to act with.",
    discussion: """
      Writes PATH.pem (the certificate and its issuers), PATH.key (mode 0600; made here, unless --csr brings a request \
      of a key that is elsewhere) and root.pem beside them where there is none. A certificate ends after a year: adding \
      the same name again gives the next one, and the first stays good until its end.
      """)

  @Argument(help: "Who it is: the log names them so.")
  var name: String

  @Option(help: "administrator, operator, station, auditor or registration-authority.")
  var role = "operator"

  @Option(
    name: .customLong("profile"),
    help: ArgumentHelp("What a station or a registration authority enrolls for; repeatable.", valueName: "name"))
  var profiles: [String] = []

  @Option(help: ArgumentHelp("A registration authority speaks for devices of this lot alone.", valueName: "text"))
  var lot: String?

  @Option(help: ArgumentHelp("How many certificates a registration authority may ask for.", valueName: "count"))
  var uses: Int?

  @Option(help: ArgumentHelp("A request of the key that they hold, PKCS #10 as PEM or DER.", valueName: "file"))
  var csr: String?

  @Option(help: ArgumentHelp("Where the files go.", valueName: "path"))
  var out: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.oneOf(
      ["administrator", "operator", "station", "auditor", "registration-authority"], role, option: "--role")
    let isBound = role == "station" || role == "registration-authority"
    guard isBound != profiles.isEmpty else {
      throw ValidationError(
        isBound
          ? "say what the \(role) enrolls for: --profile NAME"
          : "--profile is for stations and registration authorities")
    }
    guard role == "registration-authority" || (lot == nil && uses == nil) else {
      throw ValidationError("--lot and --uses are for registration authorities")
    }
    if let uses, uses < 1 { throw ValidationError("--uses is a count from 1 up, and not \(uses)") }
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
            name: name, role: role, profiles: profiles.isEmpty ? nil : profiles, lot: lot, uses: uses,
            csr: request.pem))
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

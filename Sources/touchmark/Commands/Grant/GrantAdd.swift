import AdministrationAPI
import ArgumentParser

struct GrantAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Makes a grant and prints its secret.",
    discussion: "The secret is shown once: only its digest is kept.")

  @Option(help: ArgumentHelp("The profile that it enrolls for.", valueName: "name"))
  var profile: String

  @Option(help: ArgumentHelp("How many devices it lets in.", valueName: "count"))
  var uses: Int

  @Option(help: ArgumentHelp("How long it lives.", valueName: "24h"))
  var expiresIn: Lifetime

  @Option(help: ArgumentHelp("Only devices of this lot.", valueName: "text"))
  var lot: String?

  @Option(help: ArgumentHelp("Only these serials: a range, both ends included, or a list.", valueName: "from..to|a,b"))
  var serials: GrantSerials?

  @Flag(help: "Also for doors that check a MAC with it (SCEP, CMP, ACME): the secret is sealed beside its digest.")
  var mac = false

  @Option(help: ArgumentHelp("Only this station: no device and nobody else can use it.", valueName: "name"))
  var station: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    if uses < 1 { throw ValidationError("--uses is a count from 1 up, and not \(uses)") }
  }

  func run() async throws {
    let grant = NewGrant(
      profile: profile, uses: uses, expiresIn: expiresIn.text, lot: lot, serialsFrom: serials?.from,
      serialsTo: serials?.to, serials: serials?.listed, mac: mac ? true : nil, station: station)
    try await connection.connected { server in
      let issued: IssuedGrant = try await server.post("/grants", grant)
      try output.write(issued, text: GrantText.render(issued, line: station == nil ? line(issued) : nil))
    }
  }

  /// With the address that devices reach, which may be another than this command's.
  private func line(_ issued: IssuedGrant) -> EnrollmentLine {
    EnrollmentLine(
      url: issued.url, rootSHA256: issued.rootSHA256, name: issued.name, secret: issued.secret,
      subjectSerial: serials?.first ?? "SERIAL")
  }
}

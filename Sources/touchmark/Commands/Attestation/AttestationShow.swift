import AdministrationAPI
import ArgumentParser

struct AttestationShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows how a device stands by what it attested, or one attestation's evidence.",
    discussion: "With --evidence and -o json, one attestation whole: enough to appraise it again elsewhere.")

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(help: ArgumentHelp("The serial's namespace, when the device is another manufacturer's.", valueName: "name"))
  var manufacturer: String?

  @Option(help: ArgumentHelp("One attestation, by its identifier.", valueName: "id"))
  var evidence: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    guard (serial == nil) != (evidence == nil) else { throw ValidationError("name a serial or --evidence") }
    if let serial { try Check.serial(serial) }
  }

  func run() async throws {
    try await connection.connected { server in
      if let evidence {
        let item: AttestationEvidenceItem = try await server.get("/attestations/\(Query.escape(evidence))")
        return try output.write(item, text: AttestationText.render(item))
      }
      let query = manufacturer.map { [("manufacturer", $0)] } ?? []
      let path = "/devices/\(Query.escape(serial ?? ""))/attestations"
      let detail: AttestationDetail = try await server.get(path, query: query)
      try output.write(detail, text: AttestationText.render(detail, of: serial ?? ""))
    }
  }
}

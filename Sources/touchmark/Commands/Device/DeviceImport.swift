import AdministrationAPI
import ArgumentParser

struct DeviceImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Registers many devices from a file; running it again is harmless.",
    discussion: """
      CSV has a header line with serial and profile, and any of manufacturer, kind, product, hardware_revision, lot and \
      label.KEY. JSON lines have an object a line with the members of the REST API. A line that is refused does not \
      stop the others; the exit code is 1 then.

      --manifest takes a secure-element maker's signed manifest instead (the format of Microchip's Trust Platform): \
      --signer names whose signatures are believed, --profile what the devices enroll for. Each then enrolls by showing \
      that it holds its key: its serial as user name, and an empty password.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String?

  @Option(help: ArgumentHelp("A signed manifest of secure elements.", valueName: "file"))
  var manifest: String?

  @Option(
    help: ArgumentHelp("Certificates of the manifest's signers, or authorities above them, as PEM.", valueName: "file"))
  var signer: String?

  @Option(help: ArgumentHelp("The profile of a manifest's devices.", valueName: "name"))
  var profile: String?

  @Option(
    help: ArgumentHelp("The serials' namespace, instead of the maker that the manifest names.", valueName: "name"))
  var manufacturer: String?

  @Option(
    name: .customLong("key"), help: ArgumentHelp("The slot of the key that devices enroll with.", valueName: "kid"))
  var key = "0"

  @Option(help: ArgumentHelp("The lot of a manifest's devices, instead of its group.", valueName: "text"))
  var lot: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    guard (file == nil) != (manifest == nil) else { throw ValidationError("name a file of devices, or --manifest") }
    guard (manifest == nil) == (signer == nil), (manifest == nil) == (profile == nil) else {
      throw ValidationError("--manifest, --signer and --profile come together")
    }
  }

  func run() async throws {
    if let manifest, let signer, let profile {
      return try report(try await importManifest(manifest, signers: signer, profile: profile))
    }
    guard let file else { return }
    let batches = try ImportBatches(try InputFile.bytes(file, limit: 256 * 1024 * 1024), name: file)
    var total = ImportResult(added: 0, unchanged: 0, refused: [])
    try await connection.connected { server in
      var progress = TerminalProgress()
      defer { progress.clear() }
      var done = 0
      let count = batches.count
      // The server reads one request while it writes another.
      try await InFlight.each(batches.batches, atOnce: 3) { batch in
        let result: ImportResult = try await server.send(
          .POST, "/devices/import", Payload(type: batches.type, bytes: batch.body))
        return (batch, result)
      } done: { batch, result in
        total.added += result.added
        total.unchanged += result.unchanged
        total.refused += result.refused.map { RefusedLine(line: batch.fileLine($0.line), reason: $0.reason) }
        done += batch.count
        progress.show("\(done) of \(count) devices")
      }
    }
    total.refused.sort { $0.line < $1.line }
    try report(total)
  }

  private func importManifest(_ path: String, signers: String, profile: String) async throws -> ImportResult {
    let file = try ManifestFile(try InputFile.bytes(path, limit: 256 * 1024 * 1024), name: path)
    let certificates = try InputFile.text(signers)
    var total = ImportResult(added: 0, unchanged: 0, refused: file.refused)
    try await connection.connected { server in
      var progress = TerminalProgress()
      defer { progress.clear() }
      var done = 0
      for part in file.parts {
        let result: ImportResult = try await server.post(
          "/devices/manifest",
          ManifestBatch(
            profile: profile, signers: certificates, manufacturer: manufacturer, key: key, lot: lot,
            first: part.first, entries: part.entries))
        total.added += result.added
        total.unchanged += result.unchanged
        total.refused += result.refused
        done += part.entries.count
        progress.show("\(done) of \(file.count) devices")
      }
    }
    total.refused.sort { $0.line < $1.line }
    return total
  }

  private func report(_ total: ImportResult) throws {
    let counts = "\(total.added) added, \(total.unchanged) unchanged, \(total.refused.count) refused"
    try output.write(total, text: counts + "\n")
    guard !total.refused.isEmpty else { return }
    for line in total.refused.prefix(20) { StandardError.say("line \(line.line): \(line.reason)") }
    if total.refused.count > 20 { StandardError.hint("-o json lists all \(total.refused.count) refused lines") }
    throw ExitCode(CommandExit.refused.rawValue)
  }
}

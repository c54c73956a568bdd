import AdministrationAPI
import ArgumentParser

struct DeviceImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Registers many devices from a file; running it again is harmless.",
    discussion: """
      CSV has a header line with serial and profile, and any of manufacturer, kind, product, hardware_revision, lot and \
      label.KEY. JSON lines have an object a line with the members of the REST API. A line that is refused does not \
      stop the others; the exit code is 1 then.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let batches = try ImportBatches(try InputFile.bytes(file, limit: 256 * 1024 * 1024), name: file)
    var total = ImportResult(added: 0, unchanged: 0, refused: [])
    try await connection.connected { server in
      var progress = TerminalProgress()
      defer { progress.clear() }
      var done = 0
      for batch in batches.batches {
        let result: ImportResult = try await server.send(
          .POST, "/devices/import", Payload(type: batches.type, bytes: batch.body))
        total.added += result.added
        total.unchanged += result.unchanged
        total.refused += result.refused.map { RefusedLine(line: batch.fileLine($0.line), reason: $0.reason) }
        done += batch.count
        progress.show("\(done) of \(batches.count) devices")
      }
    }
    try report(total)
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

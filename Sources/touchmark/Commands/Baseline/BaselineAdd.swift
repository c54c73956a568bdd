import AdministrationAPI
import ArgumentParser

struct BaselineAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a firmware version's reference values from a file.",
    discussion: """
      The file is JSON, {"pcrs": {"sha256": {"0": "…"}}}, with several values of a register separated by spaces, or \
      what tpm2_pcrread prints.
      """)

  @Argument(help: "The file; - for standard input.")
  var file: String

  @Option(help: ArgumentHelp("The product; none for devices that belong to none.", valueName: "name"))
  var product: String?

  @Option(help: ArgumentHelp("The version, as devices claim it.", valueName: "version"))
  var firmware: String

  @Flag(help: "Adds to what is there: devices of one product may differ.")
  var merge = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let read = try BaselineFile(parsing: try InputFile.bytes(file), named: file)
    let asked = NewBaseline(
      product: product, firmwareVersion: firmware, pcrs: read.pcrs, events: read.events, merge: merge)
    try await connection.connected { server in
      let added: BaselineItem = try await server.post("/baselines", asked)
      try output.write(added, text: "\(added.title) has reference values for \(added.registers)\n")
    }
  }
}

extension BaselineItem {
  /// What people call it.
  var title: String { product.isEmpty ? "firmware \(firmwareVersion)" : "\(product) \(firmwareVersion)" }

  /// `sha256:0,1,7`, as tpm2-tools select.
  var registers: String {
    pcrs.sorted { $0.key < $1.key }
      .map { "\($0.key):" + $0.value.keys.compactMap { Int($0) }.sorted().map(String.init).joined(separator: ",") }
      .joined(separator: "+")
  }
}

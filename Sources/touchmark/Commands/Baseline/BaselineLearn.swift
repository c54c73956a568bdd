import AdministrationAPI
import ArgumentParser

struct BaselineLearn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Takes what a device last attested as what its product should attest.",
    discussion: """
      Only of a device that is known to run what it should: whatever its registers have is trusted from then on.
      """)

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(help: ArgumentHelp("The serial's namespace, when the device is another manufacturer's.", valueName: "name"))
  var manufacturer: String?

  @Option(help: ArgumentHelp("The version; by default the one that the device claims.", valueName: "version"))
  var firmware: String?

  @Flag(help: "Adds to what is there: devices of one product may differ.")
  var merge = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.serial(serial) }

  func run() async throws {
    let asked = BaselineLearning(
      serial: serial, manufacturer: manufacturer, firmwareVersion: firmware, merge: merge)
    try await connection.connected { server in
      let learned: BaselineItem = try await server.post("/baselines/learn", asked)
      try output.write(
        learned, text: "\(learned.title) has reference values for \(learned.registers), learned from \(serial)\n")
    }
  }
}

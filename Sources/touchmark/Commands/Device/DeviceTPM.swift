import AdministrationAPI
import ArgumentParser

struct DeviceTPM: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tpm", abstract: "Whose TPM is whose.", subcommands: [Release.self])

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "release", abstract: "Ends a TPM's belonging to a device, since boards are repaired.",
      discussion: """
        The TPM may then be another device's, and this one may show another. Keys that it showed count as shown no more; \
        certificates stay as they are.
        """)

    @Argument(help: "The device's serial.")
    var serial: String

    @Option(help: ArgumentHelp("The serial's namespace, when the device is another manufacturer's.", valueName: "name"))
    var manufacturer: String?

    @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
    var reason: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: ResultOptions

    func validate() throws { try Check.serial(serial) }

    func run() async throws {
      try await connection.connected { server in
        var path = "/devices/\(Query.escape(serial))/tpm/release"
        if let manufacturer { path += "?manufacturer=\(Query.escape(manufacturer))" }
        let device: DeviceItem = try await server.post(path, StandingReason(reason: reason))
        try output.write(device, text: "\(device.serial) has no TPM any more\n")
      }
    }
  }
}

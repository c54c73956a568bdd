import AdministrationAPI
import ArgumentParser

struct DeviceRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Ends a device's life: its certificates are revoked and it never comes back.")

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.serial(serial) }

  func run() async throws {
    try await connection.connected { server in
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/retire", StandingReason(reason: reason))
      try output.write(device, text: "\(device.serial) is \(device.state)\n")
    }
  }
}

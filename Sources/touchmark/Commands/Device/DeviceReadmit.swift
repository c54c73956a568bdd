import AdministrationAPI
import ArgumentParser

struct DeviceReadmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "readmit", abstract: "Lets a device's expired certificate renew for a time, after its grace is over.")

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(name: .customLong("for"), help: ArgumentHelp("How long, for example 48h.", valueName: "time"))
  var span: Lifetime

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.serial(serial) }

  func run() async throws {
    try await connection.connected { server in
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/readmit", Readmission(until: span.text, reason: reason))
      try output.write(device, text: "\(device.serial) may renew an expired certificate for \(span.text)\n")
    }
  }
}

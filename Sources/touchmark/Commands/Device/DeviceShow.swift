import AdministrationAPI
import ArgumentParser

struct DeviceShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a device, its certificates and its history.")

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(help: ArgumentHelp("The serial's namespace, when the device is another manufacturer's.", valueName: "name"))
  var manufacturer: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.serial(serial) }

  func run() async throws {
    let query = manufacturer.map { [("manufacturer", $0)] } ?? []
    try await connection.connected { server in
      let detail: DeviceDetail = try await server.get("/devices/\(Query.escape(serial))", query: query)
      try output.write(detail, text: DeviceText.render(detail))
    }
  }
}

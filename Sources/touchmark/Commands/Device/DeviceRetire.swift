import AdministrationAPI
import ArgumentParser

struct DeviceRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Ends a device's life: its certificates are revoked and it never comes back.")

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serial, named: "a serial", of: .devices)
    if let serial { try Check.serial(serial) }
  }

  func run() async throws {
    try await connection.connected { server in
      guard let serial else {
        return try await BulkRun(server: server, options: many, output: output)
          .run(NewBulkAct(act: "device.retire", where: many.selection ?? "", reason: reason), doing: "retire")
      }
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/retire", StandingReason(reason: reason))
      try output.write(device, text: "\(device.serial) is \(device.state)\n")
      BulkRun.warn(acceptedUntil: device.verifiersAcceptUntil)
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct DeviceMove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Puts a device under another profile.",
    discussion: """
      The profile is what the device's next secret, or its IDevID, enrolls for. A certificate that it has renews within \
      the profile that it was issued under.
      """)

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(name: .customLong("to"), help: ArgumentHelp("The profile.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serial, named: "a serial", of: .devices)
    if let serial { try Check.serial(serial) }
    if profile == nil, many.resume == nil { throw ValidationError("--to names the profile") }
  }

  func run() async throws {
    try await connection.connected { server in
      guard let serial else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "device.move", where: many.selection ?? "", reason: reason, profile: profile), doing: "move")
      }
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/move",
        AdministrationAPI.DeviceMove(profile: profile ?? "", reason: reason))
      try output.write(device, text: "\(device.serial) has profile \(device.profile)\n")
    }
  }
}

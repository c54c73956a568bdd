import AdministrationAPI
import ArgumentParser

struct DeviceReadmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "readmit", abstract: "Lets a device's expired certificate renew for a time, after its grace is over.")

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(name: .customLong("for"), help: ArgumentHelp("How long, for example 48h.", valueName: "time"))
  var span: Lifetime?

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serial, named: "a serial", of: .devices)
    if let serial { try Check.serial(serial) }
    guard span != nil || many.resume != nil else { throw ValidationError("--for says how long") }
  }

  func run() async throws {
    let span = span?.text ?? ""
    try await connection.connected { server in
      guard let serial else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "device.readmit", where: many.selection ?? "", reason: reason, for: span), doing: "readmit")
      }
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/readmit", Readmission(until: span, reason: reason))
      try output.write(device, text: "\(device.serial) may renew an expired certificate for \(span)\n")
    }
  }
}

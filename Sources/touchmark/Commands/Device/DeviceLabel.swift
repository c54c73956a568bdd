import AdministrationAPI
import ArgumentParser

struct DeviceLabel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label", abstract: "Sets and removes a device's labels.",
    discussion: "touchmark device label PUMP-7 --set site=Graz --remove batch")

  @Argument(help: "The device's serial.")
  var serial: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("A label; may be given more than once.", valueName: "key=value"))
  var labels: [Label] = []

  @Option(help: ArgumentHelp("A key whose label goes; may be given more than once.", valueName: "key"))
  var remove: [String] = []

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serial, named: "a serial", of: .devices)
    if let serial { try Check.serial(serial) }
    if labels.isEmpty, remove.isEmpty, many.resume == nil {
      throw ValidationError("--set and --remove say what changes")
    }
  }

  func run() async throws {
    let set = Label.dictionary(labels)
    try await connection.connected { server in
      guard let serial else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "device.label", where: many.selection ?? "", labels: set, removeLabels: remove),
          doing: "label")
      }
      let device: DeviceItem = try await server.post(
        "/devices/\(Query.escape(serial))/labels", DeviceLabels(labels: set, removeLabels: remove))
      try output.write(device, text: "\(device.serial): \(Label.text(device.labels))\n")
    }
  }
}

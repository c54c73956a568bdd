import AdministrationAPI
import ArgumentParser

/// An act on one device or on many: which, why, on which server, and how the answer is shown.
struct DeviceActOptions: ParsableArguments {
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

  /// Does it: `body` goes to the one device's `act`, `profile` and `span` to an act on many.
  ///
  /// - Parameter said: what stands for the one device, as a line for a person.
  func perform(
    _ act: String, _ body: some Encodable & Sendable, profile: String? = nil, for span: String? = nil,
    said: (DeviceItem) -> String
  ) async throws {
    try await connection.connected { server in
      guard let serial else {
        let asked = NewBulkAct(
          act: "device.\(act)", where: many.selection ?? "", reason: reason, profile: profile, for: span)
        return try await BulkRun(server: server, options: many, output: output).run(asked, doing: act)
      }
      let device: DeviceItem = try await server.post("/devices/\(Query.escape(serial))/\(act)", body)
      try output.write(device, text: said(device) + "\n")
      BulkRun.warn(acceptedUntil: device.verifiersAcceptUntil)
    }
  }
}

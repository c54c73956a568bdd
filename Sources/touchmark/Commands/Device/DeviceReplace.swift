import AdministrationAPI
import ArgumentParser

struct DeviceReplace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replace", abstract: "Retires a device and registers the one that takes its place.",
    discussion: "The new device gets the old one's profile, product and labels, and a one-time secret of its own.")

  @Argument(help: "The serial of the device that goes.")
  var serial: String

  @Option(name: .customLong("with"), help: ArgumentHelp("The serial of the device that comes.", valueName: "serial"))
  var replacement: String

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.serial(serial)
    try Check.serial(replacement)
    if serial == replacement { throw ValidationError("a device cannot replace itself") }
  }

  func run() async throws {
    try await connection.connected { server in
      let invitation: Invitation = try await server.post(
        "/devices/\(Query.escape(serial))/replace", Replacement(serial: replacement, reason: reason))
      try output.write(
        InvitationSummary(invitation), text: InvitationText.render(invitation, "takes the place of \(serial)"))
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct DeviceInvite: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "Makes a new one-time secret when the old one is lost.",
    discussion: "Secrets of this device that were not used yet are void from then on.")

  @Argument(help: "The device's serial.")
  var serial: String

  @Option(help: ArgumentHelp("How long the secret lives.", valueName: "24h"))
  var expiresIn: Lifetime?

  @Flag(help: "Also for doors that check a MAC with it (SCEP, CMP, ACME): the secret is sealed beside its digest.")
  var mac = false

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.serial(serial) }

  func run() async throws {
    try await connection.connected { server in
      let invitation: Invitation = try await server.post(
        "/devices/\(Query.escape(serial))/invite", InvitationRequest(expiresIn: expiresIn?.text, mac: mac ? true : nil))
      try output.write(InvitationSummary(invitation), text: InvitationText.render(invitation, "is invited"))
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct DeviceMove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Puts a device under another profile.",
    discussion: """
      The profile is what the device's next secret, or its IDevID, enrolls for. A certificate that it has renews within \
      the profile that it was issued under.
      """)

  @Option(name: .customLong("to"), help: ArgumentHelp("The profile.", valueName: "name"))
  var profile: String?

  @OptionGroup var act: DeviceActOptions

  func validate() throws {
    if profile == nil, act.many.resume == nil { throw ValidationError("--to names the profile") }
  }

  func run() async throws {
    let asked = AdministrationAPI.DeviceMove(profile: profile ?? "", reason: act.reason)
    try await act.perform("move", asked, profile: profile) { "\($0.serial) has profile \($0.profile)" }
  }
}

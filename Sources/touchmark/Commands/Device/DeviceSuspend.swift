import AdministrationAPI
import ArgumentParser

struct DeviceSuspend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend", abstract: "Holds a device: every door refuses it until it is resumed.")

  @OptionGroup var act: DeviceActOptions

  func run() async throws {
    try await act.perform("suspend", StandingReason(reason: act.reason)) { "\($0.serial) is \($0.state)" }
  }
}

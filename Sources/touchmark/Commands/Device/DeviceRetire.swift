import AdministrationAPI
import ArgumentParser

struct DeviceRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Ends a device's life: its certificates are revoked and it never comes back.")

  @OptionGroup var act: DeviceActOptions

  func run() async throws {
    try await act.perform("retire", StandingReason(reason: act.reason)) { "\($0.serial) is \($0.state)" }
  }
}

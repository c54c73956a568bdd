import AdministrationAPI
import ArgumentParser

struct DeviceResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Lifts a suspension.")

  @OptionGroup var act: DeviceActOptions

  func run() async throws {
    try await act.perform("resume", StandingReason(reason: act.reason)) { "\($0.serial) is \($0.state)" }
  }
}

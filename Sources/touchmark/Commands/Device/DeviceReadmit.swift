import AdministrationAPI
import ArgumentParser

struct DeviceReadmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "readmit", abstract: "Lets a device's expired certificate renew for a time, after its grace is over.")

  @Option(name: .customLong("for"), help: ArgumentHelp("How long, for example 48h.", valueName: "time"))
  var span: Lifetime?

  @OptionGroup var act: DeviceActOptions

  func validate() throws {
    guard span != nil || act.many.resume != nil else { throw ValidationError("--for says how long") }
  }

  func run() async throws {
    let span = span?.text ?? ""
    try await act.perform("readmit", Readmission(until: span, reason: act.reason), for: span) {
      "\($0.serial) may renew an expired certificate for \(span)"
    }
  }
}

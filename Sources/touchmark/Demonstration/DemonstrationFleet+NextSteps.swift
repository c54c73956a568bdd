import Foundation

extension DemonstrationFleet {
  /// What to try next, each a command that can be pasted into another terminal.
  static func nextSteps(_ devices: [SimulatedDevice], _ location: ServerLocation) -> String {
    let program = ShellText.quote(
      CommandLine.arguments.first.map { $0.contains("/") ? absolute($0) : $0 } ?? "touchmark")
    let place =
      location.dataFolder.map { "--data \(ShellText.quote(absolute($0)))" }
      ?? "--server \(ShellText.quote(location.url)) --identity \(ShellText.quote(absolute(location.certificatePath)))"
    let serial = devices.first?.serial ?? "pump-0001"
    let other = devices.dropFirst().first?.serial ?? serial
    let steps = [
      "device list \(place)", "device show \(serial) \(place)",
      "device suspend \(other) --reason 'seen where it should not be' \(place)",
      "device add my-first-device --profile operational \(place)",
      "certificate issue broker.example --profile server --out broker \(place)",
      "certificate inspect \(address(location.url))",
      "audit list --limit 10 \(place)",
    ]
    return "\nTry next, in another terminal:\n" + steps.map { "  \(program) \($0)\n" }.joined() + "\n"
  }

  /// The other terminal may stand in another folder.
  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// HOST:PORT of an address.
  private static func address(_ url: String) -> String {
    let host = url.hasPrefix("https://") ? url.dropFirst(8) : url[...]
    return String(host.prefix { $0 != "/" })
  }
}

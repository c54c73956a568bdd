import AdministrationAPI
import ArgumentParser

struct NotifyShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows the targets of touchmark.yaml, the conditions that stand, and what waits.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    try await connection.connected { server in
      let overview: NotificationOverview = try await server.get("/notifications")
      try output.write(overview, text: Self.text(overview))
    }
  }

  private static func text(_ overview: NotificationOverview) -> String {
    let targets = overview.targets.map { ($0.name, Optional("\($0.way): \($0.when.joined(separator: ", "))")) }
    let conditions = overview.conditions.map {
      "  \(ReadableTime.minute($0.raisedAt))  \(Printable.text($0.text))\n"
    }
    let state = conditions.isEmpty ? "no condition stands\n" : "conditions that stand\n" + conditions.joined()
    let waiting = overview.waiting > 0 ? "\(overview.waiting) notifications wait to be delivered\n" : ""
    return (targets.isEmpty ? "nobody is told: touchmark.yaml has no notify\n" : Table.facts(targets)) + state + waiting
  }
}

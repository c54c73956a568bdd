import ArgumentParser

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Reports about the fleet as a whole.", subcommands: [ReportReach.self])
}

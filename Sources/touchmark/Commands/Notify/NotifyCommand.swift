import ArgumentParser

struct NotifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify", abstract: "Whom the server tells of conditions, and which stand now.",
    subcommands: [NotifyShow.self, NotifyTest.self, NotifyKey.self])
}

import ArgumentParser

struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Trust: other manufacturers' authorities whose devices may enroll here.",
    subcommands: [TrustAdd.self, TrustList.self, TrustRemove.self])
}

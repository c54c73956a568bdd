import ArgumentParser

struct BaselineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline",
    abstract: "Baselines: what devices have in their registers when they run what they should.",
    subcommands: [BaselineAdd.self, BaselineLearn.self, BaselineList.self, BaselineRemove.self])
}

import ArgumentParser

struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "root", abstract: "Roots: their keys off the machine, what is asked of them, and their succession.",
    subcommands: [
      RootExportCommand.self, RootList.self, RootShow.self, RootAnswerCommand.self, RootInstall.self, RootSucceed.self,
    ])
}

import ArgumentParser

struct CeremonyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceremony",
    abstract: "Leads through the making of a root on one machine and its authorities on another.",
    discussion: """
      root, answer and sign run where the root's key is; request, install and keep where the authorities will issue. A \
      folder is carried between the two; each step checks it and adds to its transcript. docs/ceremony.md is the walk.
      """,
    subcommands: [
      CeremonyRoot.self, CeremonyRequest.self, CeremonyAnswer.self, CeremonyInstall.self, CeremonySign.self,
      CeremonyKeep.self, CeremonyStatus.self, CeremonyVerify.self,
    ])
}

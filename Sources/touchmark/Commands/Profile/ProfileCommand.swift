import ArgumentParser

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Profiles: what is issued to whom, in YAML.",
    subcommands: [ProfileApply.self, ProfileList.self, ProfileShow.self, ProfileExport.self, ProfileTry.self])
}

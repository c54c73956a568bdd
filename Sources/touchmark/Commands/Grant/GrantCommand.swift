import ArgumentParser

struct GrantCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Grants: one secret that lets many devices enroll, counted and for a time.",
    subcommands: [GrantAdd.self, GrantList.self, GrantShow.self, GrantRevoke.self, GrantReopen.self])
}

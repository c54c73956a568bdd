import ArgumentParser

struct AuthorityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authority", abstract: "Authorities: who signs what, and their revocation lists.",
    subcommands: [
      AuthorityList.self, AuthorityShow.self, AuthorityAdd.self, AuthorityInstall.self, AuthorityCRL.self,
      AuthorityRenew.self, AuthorityRevoke.self, AuthorityRecover.self, CeremonyCommand.self,
    ])
}

import ArgumentParser

struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin", abstract: "Administrators, operators, stations and auditors.",
    subcommands: [AdminAdd.self, AdminList.self, AdminRemove.self, AdminRecover.self])
}

import AdministrationAPI
import ArgumentParser

struct ProfileList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the profiles in force.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/profiles", columns: ProfileItem.columns, output)
    }
  }
}

extension ProfileItem {
  /// The columns of a list.
  package static let columns: [Column<ProfileItem>] = [
    Column("name") { $0.name },
    Column("version") { "\($0.version)" },
    .time("applied_at") { $0.appliedAt },
    Column("applied_by") { $0.appliedBy },
    Column("digest", shown: { String($0.digest.prefix(16)) }, { $0.digest }),
  ]
}

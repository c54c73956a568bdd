import AdministrationAPI
import ArgumentParser
import Credentials
import WireFormats

struct TrustList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the manufacturers' authorities that are trusted.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func run() async throws {
    try await connection.connected { server in
      try await server.list("/trust", columns: TrustAnchorItem.columns, output)
    }
  }
}

extension TrustAnchorItem {
  /// The columns of a list.
  package static let columns: [Column<TrustAnchorItem>] = [
    Column("name") { $0.name },
    Column("manufacturer") { $0.manufacturer },
    Column("serial_prefix") { $0.serialPrefix ?? "" },
    Column("purpose") { $0.purpose },
    Column("profiles") { $0.profiles.joined(separator: " ") },
    .time("added_at") { $0.addedAt },
    Column("added_by") { $0.addedBy },
    Column("subject") { subject($0.certificate) },
  ]

  private static func subject(_ pem: String) -> String {
    guard let block = PEM.parse(pem)?.first, let certificate = try? Certificate(parsing: block.bytes) else { return "" }
    return certificate.subject.description
  }
}

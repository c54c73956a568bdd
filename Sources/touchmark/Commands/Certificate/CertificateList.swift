import AdministrationAPI
import ArgumentParser

struct CertificateList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists certificates issued here.")

  @Option(help: ArgumentHelp("Only those that expire within this time.", valueName: "7d"))
  var expiringWithin: Lifetime?

  @Option(help: ArgumentHelp("Only those of the device with this serial.", valueName: "serial"))
  var device: String?

  @Option(help: "Only those that are good, held, revoked or expired.")
  var status: String?

  @Option(help: ArgumentHelp("Only those of this profile.", valueName: "name"))
  var profile: String?

  @OptionGroup var selection: SelectionOption
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ListOptions

  func validate() throws {
    try selection.check(.certificates)
    try Check.oneOf(["good", "held", "revoked", "expired"], status, option: "--status")
  }

  func run() async throws {
    let query = [
      ("expiring_within", expiringWithin?.text), ("device", device), ("status", status), ("profile", profile),
      ("where", selection.text),
    ]
    try await connection.connected { server in
      try await server.list("/certificates", query: query, columns: CertificateItem.columns, output)
    }
  }
}

extension CertificateItem {
  /// The columns of a list.
  package static let columns: [Column<CertificateItem>] = [
    Column("serial_number") { $0.serialNumber },
    Column("subject") { $0.subject },
    Column("status") { $0.status },
    .time("not_after") { $0.notAfter },
    Column("profile") { $0.profile },
    Column("profile_version", inTable: false) { "\($0.profileVersion)" },
    Column("door") { $0.door },
    Column("device", inTable: false) { $0.device ?? "" },
    Column("authority", inTable: false) { $0.authority },
    Column("not_before", inTable: false) { $0.notBefore },
    Column("issued_at", inTable: false) { $0.issuedAt },
    Column("revoked_at", inTable: false) { $0.revokedAt ?? "" },
    Column("reason", inTable: false) { $0.reason ?? "" },
    Column("principal", inTable: false) { $0.principal },
    Column("grant", inTable: false) { $0.grant ?? "" },
    Column("key_origin", inTable: false) { $0.keyOrigin },
    Column("fingerprint", inTable: false) { $0.fingerprint },
  ]
}

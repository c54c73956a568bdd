import AdministrationAPI
import ArgumentParser

struct CertificateRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revokes one certificate: OCSP says so within a second.",
    discussion: "Reasons are those of RFC 5280 §5.3.1, for example keyCompromise, superseded, cessationOfOperation.")

  @Argument(help: "The serial number, hexadecimal.")
  var serialNumber: String

  @Option(help: ArgumentHelp("Why.", valueName: "reason"))
  var reason: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.certificateSerial(serialNumber)
    try Check.reason(reason)
  }

  func run() async throws {
    try await connection.connected { server in
      let certificate: CertificateItem = try await server.post(
        "/certificates/\(Query.escape(serialNumber))/revoke", Revocation(reason: reason))
      let text = "\(certificate.serialNumber) is \(certificate.status): \(certificate.reason ?? reason)\n"
      try output.write(certificate, text: text)
    }
  }
}

import AdministrationAPI
import ArgumentParser

struct CertificateShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows how a certificate came to be, how it stands and what it says.")

  @Argument(help: "The serial number, hexadecimal.")
  var serialNumber: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws { try Check.certificateSerial(serialNumber) }

  func run() async throws {
    try await connection.connected { server in
      let certificate: CertificateItem = try await server.get("/certificates/\(Query.escape(serialNumber))")
      try output.write(certificate, text: CertificateRecordText.render(certificate))
    }
  }
}

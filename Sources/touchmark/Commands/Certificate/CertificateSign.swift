import AdministrationAPI
import ArgumentParser

struct CertificateSign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Issues a certificate for a request that was made elsewhere.")

  @Option(help: ArgumentHelp("The request, PKCS #10 as PEM or DER; - for standard input.", valueName: "file"))
  var csr: String

  @Option(help: ArgumentHelp("The profile.", valueName: "name"))
  var profile: String

  @Option(help: ArgumentHelp("A new file, instead of standard output.", valueName: "file"))
  var out: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let request = try InputFile.request(csr)
    try PrivateFile.expectFree(out)
    try await connection.connected { server in
      let issued: IssuedCertificate = try await server.post(
        "/certificates", SigningRequest(profile: profile, csr: request))
      let text = ([issued.certificate] + issued.chain).map(Issuers.ended).joined()
      if let out {
        try PrivateFile.create(out, text)
        try output.write(issued, text: "\(issued.serialNumber) is in \(out), its issuers after it\n")
      } else {
        try output.write(issued, text: text)
      }
    }
  }
}

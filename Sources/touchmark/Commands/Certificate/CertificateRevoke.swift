import AdministrationAPI
import ArgumentParser

struct CertificateRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revokes a certificate: OCSP says so within a second.",
    discussion: "Reasons are those of RFC 5280 §5.3.1, for example keyCompromise, superseded, cessationOfOperation.")

  @Argument(help: "The serial number, hexadecimal.")
  var serialNumber: String?

  @Option(help: ArgumentHelp("Why.", valueName: "reason"))
  var reason: String

  @OptionGroup var many: BulkOptions
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try many.check(one: serialNumber, named: "a serial number", of: .certificates)
    if let serialNumber { try Check.certificateSerial(serialNumber) }
    try Check.reason(reason)
  }

  func run() async throws {
    try await connection.connected { server in
      guard let serialNumber else {
        return try await BulkRun(server: server, options: many, output: output).run(
          NewBulkAct(act: "certificate.revoke", where: many.selection ?? "", reason: reason), doing: "revoke")
      }
      let certificate: CertificateItem = try await server.post(
        "/certificates/\(Query.escape(serialNumber))/revoke", Revocation(reason: reason))
      let text = "\(certificate.serialNumber) is \(certificate.status): \(certificate.reason ?? reason)\n"
      try output.write(certificate, text: text + Self.remaining(of: certificate))
    }
  }

  /// What else of the device is alive, and how to end that too.
  private static func remaining(of certificate: CertificateItem) -> String {
    guard let others = certificate.remaining, !others.isEmpty else { return "" }
    let lines = others.map { other in
      "\(other.serialNumber) of the same device is \(other.status) (\(other.profile), until \(other.notAfter)) and "
        + (other.enrolls ? "can renew or enroll\n" : "can neither renew nor enroll\n")
    }
    let cure = certificate.device.map { "touchmark device suspend \($0) holds them and refuses the device\n" }
    return lines.joined() + (cure ?? "")
  }
}

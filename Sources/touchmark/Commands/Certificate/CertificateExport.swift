import AdministrationAPI
import ArgumentParser
import WireFormats

struct CertificateExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a certificate that was issued here as PEM.")

  @Argument(help: "The serial number, hexadecimal.")
  var serialNumber: String

  @Flag(help: "Its issuers after it, without the root.")
  var chain = false

  @Option(help: ArgumentHelp("A new file, instead of standard output.", valueName: "file"))
  var out: String?

  @OptionGroup var connection: ConnectionOptions

  func validate() throws { try Check.certificateSerial(serialNumber) }

  func run() async throws {
    try await connection.connected { server in
      let certificate: CertificateItem = try await server.get("/certificates/\(Query.escape(serialNumber))")
      let issuers = chain ? try await Issuers.chain(of: certificate, server) : []
      let text = ([certificate.pem] + issuers).map(Issuers.ended).joined()
      if let out {
        try PrivateFile.create(out, text)
        StandardError.say("\(out) holds \(issuers.count + 1) certificates")
      } else {
        StandardOutput.write(text)
      }
    }
  }
}

/// A certificate's issuers, from the list of authorities.
enum Issuers {
  /// PEM, the issuer first, without the root.
  static func chain(of certificate: CertificateItem, _ server: ServerConnection) async throws -> [String] {
    var authorities: [AuthorityItem] = []
    try await server.pages("/authorities", of: AuthorityItem.self) { authorities += $0 }
    var chain: [String] = []
    var next: String? = certificate.authority
    // Bounded by the list's length: parents that form a ring end it.
    for _ in authorities {
      guard let authority = authorities.first(where: { $0.id == next }), authority.parent != nil else { break }
      chain.append(authority.certificate)
      next = authority.parent
    }
    return chain
  }

  static func ended(_ pem: String) -> String { pem.hasSuffix("\n") ? pem : pem + "\n" }
}

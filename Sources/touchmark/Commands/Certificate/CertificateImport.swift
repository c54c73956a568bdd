import AdministrationAPI
import ArgumentParser
import Foundation
import WireFormats

struct CertificateImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Takes over what an authority issued before it was continued here.",
    discussion: """
      BOOKS is openssl's index.txt, a folder with one (openssl's, easy-rsa's, or easy-rsa's pki folder), or a folder of \
      certificates, or a dump of CFSSL's table of certificates with its header line. Its certificates, the devices that their subjects name, and its revocations come along; a crl.pem \
      beside it is taken over first. Devices renew from then on with the certificate that they have. Running it again is \
      harmless. docs/existing-pki.md tells the whole way.
      """)

  @Argument(help: "index.txt, a folder, or a table.")
  var books: String

  @Option(help: ArgumentHelp("The authority that was continued; the operational one when absent.", valueName: "id"))
  var authority: String?

  @Option(help: ArgumentHelp("The profile under which its devices renew.", valueName: "name"))
  var profile = "operational"

  @Option(help: ArgumentHelp("A folder of certificates besides those beside the index.", valueName: "dir"))
  var certificates: String?

  @Option(
    help: ArgumentHelp("The authority's last CRL, PEM or DER; crl.pem beside the index when absent.", valueName: "file")
  )
  var crl: String?

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  /// Lines of a request.
  private static let linesTogether = 200

  func run() async throws {
    let source = try CertificateBooks(books, certificates: certificates, crl: crl)
    try await connection.connected { server in
      let id = try await authority(at: server)
      var total = CertificateImportResult(added: 0, unchanged: 0, devices: 0, revoked: 0, refused: [])
      if let list = try source.list() {
        total.add(try await server.post("/authorities/\(Query.escape(id))/earlier-crl", EarlierList(crl: list)))
        total.unchanged = 0
      }
      var progress = TerminalProgress()
      defer { progress.clear() }
      var done = 0
      for part in source.parts(of: Self.linesTogether) {
        let body = try source.lines(part).map { try JSONText.line($0) + "\n" }.joined()
        total.add(
          try await server.send(
            .POST, "/certificates/import", query: [("authority", id), ("profile", profile)],
            Payload(type: "application/jsonl", bytes: Array(body.utf8))))
        done += part.count
        progress.show("\(done) of \(source.count) certificates")
      }
      progress.clear()
      try report(total)
    }
  }

  private func authority(at server: ServerConnection) async throws -> String {
    if let authority { return authority }
    var found: [AuthorityItem] = []
    try await server.pages("/authorities", of: AuthorityItem.self) { page in
      found += page.filter { $0.called == "operational" && $0.state == "active" }
    }
    guard let only = found.first, found.count == 1 else {
      throw CommandFailure(
        .notFound, "it is not clear which authority is meant", hint: "touchmark authority list; --authority ID")
    }
    return only.id
  }

  private func report(_ total: CertificateImportResult) throws {
    try output.write(
      total,
      text: "\(total.added) certificates added, \(total.unchanged) unchanged, \(total.devices) devices registered, "
        + "\(total.revoked) revocations taken over, \(total.refused.count) refused\n")
    guard !total.refused.isEmpty else { return }
    for line in total.refused.prefix(20) { StandardError.say("line \(line.line): \(line.reason)") }
    if total.refused.count > 20 { StandardError.hint("-o json lists all \(total.refused.count) refused lines") }
    throw ExitCode(CommandExit.refused.rawValue)
  }
}

extension CertificateImportResult {
  fileprivate mutating func add(_ part: CertificateImportResult) {
    added += part.added
    unchanged += part.unchanged
    devices += part.devices
    revoked += part.revoked
    refused += part.refused
  }
}

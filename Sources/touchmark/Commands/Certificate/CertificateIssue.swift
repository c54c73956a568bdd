import AdministrationAPI
import ArgumentParser
import Credentials
import Foundation
import KeyCustody
import WireFormats

struct CertificateIssue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue", abstract: "Makes a key here and gets its certificate, for nginx or a broker, in one command.",
    discussion: """
      Writes OUT/NAME.key (private, mode 0600), OUT/NAME.pem (the certificate, its issuers after it), OUT/chain.pem \
      (the issuers) and OUT/root.pem. Nothing is written over. The key never leaves this machine.
      """)

  @Argument(help: "The host's or service's name.")
  var name: String

  @Option(help: ArgumentHelp("The profile, for example server or gateway.", valueName: "name"))
  var profile: String

  @Option(help: ArgumentHelp("The folder for the files; made when missing.", valueName: "dir"))
  var out: String

  @Option(
    name: .customLong("host"),
    help: ArgumentHelp("A host name or address beside NAME in the certificate; may be repeated.", valueName: "name"))
  var hosts: [String] = []

  @Option(help: "The key: P-256, P-384, Ed25519, RSA-2048, RSA-3072 or RSA-4096.")
  var key: KeyAlgorithm = .p256

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func validate() throws {
    try Check.serial(name)
    guard !name.contains("/"), !name.hasPrefix("."), !name.hasPrefix("-") else {
      throw ValidationError("'\(name)' cannot be the name of a file")
    }
    guard name != "root", name != "chain" else { throw ValidationError("'\(name)' is a file of its own here") }
  }

  func run() async throws {
    let files = IssueFiles(folder: out, name: name)
    try files.prepare()
    var isIssued = false
    defer { if !isIssued { files.discard() } }
    try await connection.connected { server in
      let made = try IssuedKey(algorithm: key)
      let document = try await server.profile(profile, version: nil).document
      let isNamed = ProfileDocument.honorsHosts(document)
      let request = try await made.request(name: name, hosts: hosts, isHost: isNamed && HostName.isHost(name))
      // The key is on the disk before anything is issued for it: a crash leaves a key without a certificate, and
      // never the other way round.
      try PrivateFile.create(files.key, mode: 0o600, try made.pem())
      let issued: IssuedCertificate = try await server.post(
        "/certificates", SigningRequest(profile: profile, csr: PEM(label: "CERTIFICATE REQUEST", bytes: request).text))
      isIssued = true
      try files.write(issued, root: try InputFile.text(server.location.rootPath))
      try output.write(IssueSummary(files, issued), text: files.text(issued))
    }
  }
}

extension KeyAlgorithm: ExpressibleByArgument {}

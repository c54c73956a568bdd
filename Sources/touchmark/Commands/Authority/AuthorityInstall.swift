import AdministrationAPI
import ArgumentParser
import Credentials
import WireFormats

struct AuthorityInstall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Takes what somebody else's authority issued for a request of ours.",
    discussion: """
      The certificate has to be an authority's, of the request's key and name, within the limits and lifetimes of all \
      that stand above it, up to the root in --chain. What a root of this organization answered is taken by touchmark \
      root install.
      """)

  @Argument(help: "The authority's name, as it was added.")
  var name: String

  @Option(help: ArgumentHelp("The certificate that was issued, PEM or DER.", valueName: "file"))
  var cert: String

  @Option(
    help: ArgumentHelp(
      "What stands between it and the root, and the root, which is to be trusted: PEM, in any order.",
      valueName: "file"))
  var chain: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: ResultOptions

  func run() async throws {
    let certificate = try certificate()
    let given = ForeignCertificate(
      certificate: PEM(label: "CERTIFICATE", bytes: certificate.encoded).text, chain: try InputFile.text(chain))
    try await connection.connected { server in
      let asked = try await request(for: certificate, server)
      let installed: AuthorityItem = try await server.post(
        "/authority-requests/\(Query.escape(asked.id))/certificate", given)
      try output.write(installed, text: "\(installed.id) issues under the name \(installed.called)\n")
      StandardError.hint("its root is theirs: devices need it beside this installation's own, see cacerts of a profile")
    }
  }

  private func certificate() throws -> Certificate {
    let bytes = try InputFile.bytes(cert)
    let blocks =
      bytes.first == 0x30
      ? [bytes]
      : (PEM.parse(String(decoding: bytes, as: UTF8.self)) ?? []).filter { $0.label == "CERTIFICATE" }.map(\.bytes)
    guard let only = blocks.first, blocks.count == 1, let certificate = try? Certificate(parsing: only) else {
      throw CommandFailure(
        .refused, "\(cert) has to hold one certificate", hint: "what stands above it goes into --chain")
    }
    return certificate
  }

  /// The open request of this name and key.
  private func request(
    for certificate: Certificate, _ server: ServerConnection
  ) async throws -> AuthorityRequestItem {
    var all: [AuthorityRequestItem] = []
    try await server.pages("/authority-requests", of: AuthorityRequestItem.self) { all += $0 }
    let open = all.filter { $0.name == name && $0.installedAt == nil }
    guard !open.isEmpty else {
      throw CommandFailure(
        .notFound, "nothing is asked for under the name \(name)",
        hint: "touchmark authority add \(name) --external --request FILE")
    }
    guard let asked = open.first(where: { Self.key(of: $0) == certificate.publicKey }) else {
      throw CommandFailure(
        .refused, "the certificate is of another key than any request for \(name)",
        hint: "the key stays here: have the file certified that --request wrote")
    }
    return asked
  }

  private static func key(of asked: AuthorityRequestItem) -> SubjectPublicKeyInfo? {
    PEM.parse(asked.request)?.first.flatMap { try? CertificationRequest(parsing: $0.bytes) }?.publicKey
  }
}
